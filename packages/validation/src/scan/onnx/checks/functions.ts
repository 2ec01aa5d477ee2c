import type { FunctionProto, NodeProto } from '@nootropic/core/formats'
import { printable } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { canonicalDomain, isStandardOperator } from '../operator-sets.ts'
import { onnxRules } from '../rules.ts'

/** Nodes that calls may become when they are replaced by the bodies: far above any graph that is exported (CWE-776). */
const maximumExpansion = 2 ** 22

const keyOf = (domain: string, name: string, overload: string): string => `${domain}\0${name}\0${overload}`

/** Every node of a body, in its subgraphs too. The reader has bounded their depth. */
function* nodesOf(nodes: readonly NodeProto[]): Generator<NodeProto> {
  for (const node of nodes) {
    yield node
    for (const { g, graphs } of node.attribute) {
      if (g !== undefined) yield* nodesOf(g.node)
      for (const graph of graphs) yield* nodesOf(graph.node)
    }
  }
}

interface Body {
  readonly own: number
  /** How often it calls each other function. */
  readonly calls: ReadonlyMap<string, number>
}

const bodyOf = (nodes: readonly NodeProto[], isFunction: (key: string) => boolean): Body => {
  const calls = new Map<string, number>()
  let own = 0
  for (const { domain, opType, overload } of nodesOf(nodes)) {
    own += 1
    const key = keyOf(domain, opType, overload)
    if (isFunction(key)) calls.set(key, (calls.get(key) ?? 0) + 1)
  }
  return { own, calls }
}

/** The nodes that each function becomes, callees first; a function that reaches itself is left out. */
const expansions = (bodies: ReadonlyMap<string, Body>): ReadonlyMap<string, number> => {
  const waiting = new Map([...bodies].map(([key, { calls }]) => [key, calls.size]))
  const callers = new Map<string, string[]>()
  for (const [key, { calls }] of bodies) {
    for (const callee of calls.keys()) {
      const list = callers.get(callee)
      if (list === undefined) callers.set(callee, [key])
      else list.push(key)
    }
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([key]) => key)
  const sizes = new Map<string, number>()
  // An array grows while it is walked, and for...of sees what is added.
  for (const key of ready) {
    const body = bodies.get(key)
    let size = body?.own ?? 0
    for (const [callee, times] of body?.calls ?? []) size += times * (sizes.get(callee) ?? 0)
    sizes.set(key, size)
    for (const caller of callers.get(key) ?? []) {
      const left = (waiting.get(caller) ?? 1) - 1
      waiting.set(caller, left)
      if (left === 0) ready.push(caller)
    }
  }
  return sizes
}

const nameOf = ({ domain, name }: FunctionProto): string => `${printable(domain) || 'ai.onnx'}:${printable(name)}`

/** Functions of the model: their names, and what replacing calls by bodies would take. */
export const functionsCheck: OnnxCheck = {
  name: 'functions',
  *check({ model }) {
    const bodies = new Map<string, Body>()
    const keys = new Set(model.functions.map(({ domain, name, overload }) => keyOf(domain, name, overload)))
    for (const [index, definition] of model.functions.entries()) {
      const { domain, name, overload, node } = definition
      const key = keyOf(domain, name, overload)
      const inside = `functions[${index}]`
      if (bodies.has(key)) {
        yield {
          rule: onnxRules['duplicate-function'],
          message: `expected one function ${nameOf(definition)}, found another`,
          inside,
        }
        continue
      }
      bodies.set(
        key,
        bodyOf(node, (callee) => keys.has(callee)),
      )
      if (isStandardOperator(canonicalDomain(domain), name)) {
        yield {
          rule: onnxRules['shadowed-operator'],
          message: `expected functions with names of their own, found one named like the operator ${nameOf(definition)}`,
          inside,
        }
      }
    }
    const sizes = expansions(bodies)
    for (const [index, definition] of model.functions.entries()) {
      const { domain, name, overload } = definition
      if (sizes.has(keyOf(domain, name, overload))) continue
      yield {
        rule: onnxRules['recursive-function'],
        message: `expected functions that call only others, found ${nameOf(definition)}, which leads back to itself`,
        inside: `functions[${index}]`,
      }
    }
    const main = bodyOf(model.graph.node, (callee) => keys.has(callee))
    let total = main.own
    for (const [callee, times] of main.calls) total += times * (sizes.get(callee) ?? 0)
    const largest = Math.max(
      total,
      [...sizes.values()].reduce((most, size) => Math.max(most, size), 0),
    )
    if (largest <= maximumExpansion) return
    yield {
      rule: onnxRules['function-expansion'],
      message: `expected at most ${maximumExpansion} nodes when calls are replaced by bodies, found ${largest}`,
      inside: 'functions',
      evidence: { nodes: largest, functions: model.functions.length },
    }
  },
}
