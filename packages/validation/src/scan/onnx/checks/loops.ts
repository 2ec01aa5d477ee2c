import type { GraphProto, NodeProto } from '@nootropic/core/formats'
import type { Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import type { Scope } from '../graphs.ts'
import { onnxRules } from '../rules.ts'
import type { GraphAnalysis } from '../values/analyse-graph.ts'
import { integerOf, integersOf } from '../values/node-view.ts'
import { sized, type Value } from '../values/value.ts'

/** Subgraphs inside one another; exporters reach 4. Deeper ones exist to exhaust a recursive loader (CWE-674). */
const maximumDepth = 16

/** Turns that a loop, or loops inside one another, may take without asking a condition (CWE-834). */
const maximumTrips = 10_000_000

/** Elements that a loop may carry or gather: 2^31 floats are 8 GiB (CWE-789). */
const maximumElements = 2 ** 31

/** A size that is put into a loop to see what comes out. */
const probe = 2 ** 20

const bodyOf = (node: NodeProto): GraphProto | undefined =>
  node.attribute.find(({ name, g }) => name === 'body' && g !== undefined)?.g

/** Whether the body hands its condition on unchanged, or answers with a constant that is true. */
const keepsGoing = (body: GraphProto, isTrue: (name: string) => boolean): boolean => {
  const condition = body.input[1]?.name
  let name = body.output[0]?.name ?? ''
  for (const node of body.node.toReversed()) {
    if (node.opType === 'Identity' && node.output[0] === name) name = node.input[0] ?? ''
  }
  return name === condition || isTrue(name)
}

/** A loop that nothing can end early, with its turns. */
interface FixedLoop {
  readonly body: GraphProto
  readonly turns: number
  /** The body's inputs and outputs that are carried from turn to turn, side by side. */
  readonly carried: readonly (readonly [string, string])[]
  /** The body's outputs of which each turn keeps one. */
  readonly gathered: readonly string[]
}

const fixedLoop = (graph: GraphAnalysis, scope: Scope, node: NodeProto, body: GraphProto): FixedLoop | undefined => {
  const isTrue = (from: Scope, name: string): boolean => {
    const numbers = graph.valueOf(from, name)?.numbers
    return numbers?.length === 1 && numbers[0] !== 0
  }
  const [trips = '', condition = ''] = node.input
  const turns = trips === '' ? Number.POSITIVE_INFINITY : graph.valueOf(scope, trips)?.numbers?.[0]
  const inner = graph.scopeOf(body)
  const isHeld = condition === '' || isTrue(scope, condition)
  if (turns === undefined || !isHeld || !keepsGoing(body, (name) => isTrue(inner ?? scope, name))) return undefined
  const inputs = body.input.slice(2).map(({ name }) => name)
  const outputs = body.output.slice(1).map(({ name }) => name)
  return {
    body,
    turns,
    carried: inputs.map((name, index) => [name, outputs[index] ?? ''] as const),
    gathered: outputs.slice(inputs.length),
  }
}

const fixedScan = (graph: GraphAnalysis, scope: Scope, node: NodeProto, body: GraphProto): FixedLoop | undefined => {
  const view = graph.viewOf(scope, node)
  const scanned = integerOf(view, 'num_scan_inputs')
  if (scanned === undefined || scanned < 1) return undefined
  const states = node.input.length - scanned
  const axis = integersOf(view, 'scan_input_axes')?.[0] ?? 0
  const dims = view.input(states)?.dims
  const turns = dims?.[axis < 0 ? axis + dims.length : axis]
  if (turns === undefined || states < 0) return undefined
  const inputs = body.input.map(({ name }) => name)
  const outputs = body.output.map(({ name }) => name)
  return {
    body,
    turns,
    carried: inputs.slice(0, states).map((name, index) => [name, outputs[index] ?? ''] as const),
    gathered: outputs.slice(states),
  }
}

/** What a loop's tensors grow to, as far as constants say; nothing below the limit. */
const growthOf = (graph: GraphAnalysis, { body, turns, carried, gathered }: FixedLoop): string | undefined => {
  const scope = graph.scopeOf(body)
  if (scope === undefined) return undefined
  const given = new Map<string, Value>(carried.map(([name]) => [name, sized(probe)]))
  const values = graph.evaluate(scope, given)
  for (const [, output] of carried) {
    const factor = (values.get(output)?.elements ?? 0) / probe
    // A turn that multiplies what it carries needs few turns: the count is the exponent.
    if (factor >= 2 && Math.log2(factor) * turns > Math.log2(maximumElements)) {
      return `a tensor that grows ${factor} times in each of ${turns} turns`
    }
  }
  const plain = graph.evaluate(scope, new Map())
  for (const output of gathered) {
    const elements = plain.get(output)?.elements ?? 1
    if (elements * turns > maximumElements) return `${turns} turns that keep ${elements} element(s) each`
  }
  return undefined
}

/** Subgraphs that nest too deeply, and loops that cannot end or that grow beyond memory. */
export const loopsCheck: OnnxCheck = {
  name: 'loops',
  *check(scan, graph): Generator<Sighting> {
    const deepest = graph.scopes.find(({ depth }) => depth > maximumDepth)
    if (deepest !== undefined) {
      yield {
        rule: onnxRules['deep-nesting'],
        message: `expected at most ${maximumDepth} levels of If, Loop and Scan, found more`,
        inside: deepest.place,
      }
    }
    // Turns that the loops around a scope take together.
    const outerTurns = new Map<Scope | undefined, number>()
    for (const scope of graph.scopes) {
      const around = outerTurns.get(scope) ?? outerTurns.get(scope.parent) ?? 1
      outerTurns.set(scope, around)
      for (const [index, node] of scope.nodes.entries()) {
        const body = node.opType === 'Loop' || node.opType === 'Scan' ? bodyOf(node) : undefined
        if (body === undefined) continue
        scan.checkTime?.()
        const loop = (node.opType === 'Loop' ? fixedLoop : fixedScan)(graph, scope, node, body)
        if (loop === undefined) continue
        const inside = `${scope.place}.node[${index}]`
        const inner = graph.scopeOf(body)
        if (inner !== undefined) outerTurns.set(inner, Math.max(1, loop.turns) * around)
        if (loop.turns > maximumTrips && node.opType === 'Loop') {
          yield {
            rule: onnxRules['endless-loop'],
            message: `expected a condition that can become false or at most ${maximumTrips} turns, found neither`,
            inside,
          }
        } else if (around > 1 && loop.turns > 1 && loop.turns * around > maximumTrips && around <= maximumTrips) {
          yield {
            rule: onnxRules['nested-loops'],
            message: `expected loops that take at most ${maximumTrips} turns together, found ${around} times ${loop.turns}`,
            inside,
          }
        }
        const growth = growthOf(graph, loop)
        if (growth === undefined) continue
        yield { rule: onnxRules['loop-growth'], message: `expected a loop that stays small, found ${growth}`, inside }
      }
    }
  },
}
