import type { Finding, Severity } from '@nootropic/core'
import { type Scope, walkScopes } from '../graphs.ts'
import { findingAt, type OnnxRule, type OnnxScan, printable } from '../rule.ts'

const checkScope = (scan: OnnxScan, scope: Scope, definedIn: Map<Scope, Set<string>>): Finding[] => {
  const findings: Finding[] = []
  const report = (rule: string, severity: Severity, message: string, inside: string): void => {
    findings.push(
      findingAt(scan, {
        rule,
        severity,
        title: 'The graph is not wired as ONNX asks',
        message,
        inside,
        remediation: 'Export the model again; runtimes disagree about what such a graph computes.',
        references: ['https://onnx.ai/onnx/repo-docs/IR.html#names-within-a-graph'],
        tags: [rule === 'onnx/duplicate-name' ? 'CWE-694' : 'CWE-20'],
      }),
    )
  }
  const defined = new Set(scope.given)
  for (const [index, node] of scope.nodes.entries()) {
    for (const name of node.output) {
      if (name !== '' && defined.has(name)) {
        const message = `expected every value to be written once (static single assignment), "${printable(name)}" is written again`
        report('onnx/duplicate-name', 'high', message, `${scope.place}.node[${index}]`)
      }
      if (name !== '') defined.add(name)
    }
  }
  definedIn.set(scope, defined)

  const outer = (name: string): boolean => {
    for (let above = scope.parent; above !== undefined; above = above.parent) {
      if (definedIn.get(above)?.has(name)) return true
    }
    return false
  }
  const written = new Set(scope.given)
  for (const [index, node] of scope.nodes.entries()) {
    for (const name of node.input) {
      if (name === '' || written.has(name) || outer(name)) continue
      const inside = `${scope.place}.node[${index}]`
      if (defined.has(name)) {
        report('onnx/unsorted-nodes', 'low', `expected "${printable(name)}" to be written before it is read`, inside)
      } else report('onnx/dangling-input', 'high', `expected a value named "${printable(name)}", found none`, inside)
    }
    for (const name of node.output) written.add(name)
  }
  for (const name of scope.outputs) {
    if (!defined.has(name) && !outer(name)) {
      report('onnx/dangling-output', 'high', `expected a value named "${printable(name)}", found none`, scope.place)
    }
  }
  return findings
}

/** Names that are read but never written, or written twice. */
export const wiringRule: OnnxRule = {
  name: 'wiring',
  check: (scan) => {
    const definedIn = new Map<Scope, Set<string>>()
    return [...walkScopes(scan.model)].flatMap((scope) => checkScope(scan, scope, definedIn))
  },
}
