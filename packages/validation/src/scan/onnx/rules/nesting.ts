import type { Finding } from '@nootropic/core'
import type { GraphProto, NodeProto } from '@nootropic/core/formats'
import { createConstantLookup } from '../constants.ts'
import { type Scope, walkScopes } from '../graphs.ts'
import { findingAt, type OnnxRule } from '../rule.ts'

/** Subgraphs inside one another; exporters reach 4. Deeper ones exist to exhaust a recursive loader (CWE-674). */
const maximumDepth = 16

/** Turns that a loop may take without asking its condition. */
const maximumTrips = 10_000_000

const bodyIndex = (node: NodeProto): number => node.attribute.findIndex(({ name }) => name === 'body')

/** Whether the body hands its condition on unchanged, or answers with a constant that is true. */
const keepsGoing = (body: GraphProto, isTrue: (name: string) => boolean): boolean => {
  const condition = body.input[1]?.name
  let name = body.output[0]?.name ?? ''
  for (const node of body.node.toReversed()) {
    if (node.opType === 'Identity' && node.output[0] === name) name = node.input[0] ?? ''
  }
  return name === condition || isTrue(name)
}

/** Subgraphs that nest too deeply and loops that cannot end. */
export const nestingRule: OnnxRule = {
  name: 'nesting',
  check: (scan) => {
    const scopes = [...walkScopes(scan.model)]
    const byPlace = new Map(scopes.map((scope) => [scope.place, scope]))
    const lookUp = createConstantLookup(scan)
    const isTrue = (scope: Scope, name: string): boolean => {
      const numbers = lookUp(scope, name)
      return numbers?.length === 1 && numbers[0] !== 0
    }
    const deepest = scopes.find(({ depth }) => depth > maximumDepth)
    const findings: Finding[] = []
    if (deepest !== undefined) {
      findings.push(
        findingAt(scan, {
          rule: 'onnx/deep-nesting',
          severity: 'medium',
          title: 'Subgraphs nest deeper than any exporter writes',
          message: `expected at most ${maximumDepth} levels of If, Loop and Scan, found more`,
          inside: deepest.place,
          remediation: 'Do not load this file outside a sandbox: a recursive loader may run out of stack.',
          tags: ['CWE-674', 'AML.T0029'],
        }),
      )
    }
    for (const scope of scopes) {
      for (const [index, node] of scope.nodes.entries()) {
        const attribute = node.opType === 'Loop' ? bodyIndex(node) : -1
        const body = node.attribute[attribute]?.g
        if (body === undefined) continue
        const [trips = '', condition = ''] = node.input
        const count = trips === '' ? Number.POSITIVE_INFINITY : (lookUp(scope, trips)?.[0] ?? 0)
        const place = `${scope.place}.node[${index}]`
        const inner = byPlace.get(`${place}.attribute[${attribute}].g`)
        const isHeld = condition === '' || isTrue(scope, condition)
        if (count <= maximumTrips || !isHeld || !keepsGoing(body, (name) => isTrue(inner ?? scope, name))) continue
        findings.push(
          findingAt(scan, {
            rule: 'onnx/endless-loop',
            severity: 'high',
            title: 'A loop has no end',
            message: `expected a condition that can become false or at most ${maximumTrips} turns, found neither`,
            inside: place,
            remediation: 'Do not run this model; if you trust it, run it in a sandbox with a time limit.',
            tags: ['CWE-835', 'AML.T0029'],
          }),
        )
      }
    }
    return findings
  },
}
