import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import type { Scope } from '../graphs.ts'
import type { OnnxScan } from '../onnx-scan.ts'
import { onnxRules } from '../rules.ts'

/** Inputs of one graph that are told of each kind: a hostile one has a million of them (CWE-770). */
const maximumTold = 100

const namesOfInitialisers = (scope: Scope): string[] => [
  ...scope.initialisers.map(({ name }) => name),
  ...scope.sparseInitialisers.map(({ values }) => values?.name ?? ''),
]

/** Nodes that wait for each other: what is left when nodes are taken whose inputs are there. */
const cycleOf = (scope: Scope): number | undefined => {
  const writers = new Map<string, number>()
  for (const [index, { output }] of scope.nodes.entries()) for (const name of output) writers.set(name, index)
  const readers = new Map<number, number[]>()
  const waiting = scope.nodes.map(({ input }, index) => {
    const before = new Set(input.flatMap((name) => (name === '' ? [] : (writers.get(name) ?? []))))
    for (const writer of before) {
      const list = readers.get(writer)
      if (list === undefined) readers.set(writer, [index])
      else list.push(index)
    }
    return before.size
  })
  const ready = waiting.flatMap((count, index) => (count === 0 ? [index] : []))
  // An array grows while it is walked, and for...of sees what is added.
  for (const index of ready) {
    for (const reader of readers.get(index) ?? []) {
      const left = (waiting[reader] ?? 1) - 1
      waiting[reader] = left
      if (left === 0) ready.push(reader)
    }
  }
  return ready.length === scope.nodes.length ? undefined : waiting.findIndex((count) => count > 0)
}

function* checkScope(scan: OnnxScan, scope: Scope, definedIn: Map<Scope, Set<string>>): Generator<Sighting> {
  const sighting = (rule: Sighting['rule'], message: string, inside: string): Sighting => ({ rule, message, inside })
  const defined = new Set(scope.given)
  const initialisers = new Set<string>()
  for (const name of namesOfInitialisers(scope)) {
    if (name !== '' && initialisers.has(name)) {
      const message = `expected one initialiser "${printable(name)}", found another`
      yield sighting(onnxRules['duplicate-initialiser'], message, scope.place)
    }
    initialisers.add(name)
  }
  for (const [index, node] of scope.nodes.entries()) {
    for (const name of node.output) {
      if (name !== '' && defined.has(name)) {
        const message = `expected every value to be written once (static single assignment), "${printable(name)}" is written again`
        yield sighting(onnxRules['duplicate-name'], message, `${scope.place}.node[${index}]`)
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
  let [unsorted, dangling] = [0, 0]
  for (const [index, node] of scope.nodes.entries()) {
    scan.checkTime?.()
    for (const name of node.input) {
      if (name === '' || written.has(name) || outer(name)) continue
      if (defined.has(name)) {
        unsorted += 1
        if (unsorted > maximumTold) continue
        const message = `expected "${printable(name)}" to be written before it is read`
        yield sighting(onnxRules['unsorted-nodes'], message, `${scope.place}.node[${index}]`)
      } else {
        dangling += 1
        if (dangling > maximumTold) continue
        const message = `expected a value named "${printable(name)}", found none`
        yield sighting(onnxRules['dangling-input'], message, `${scope.place}.node[${index}]`)
      }
    }
    for (const name of node.output) written.add(name)
  }
  const cycle = unsorted === 0 ? undefined : cycleOf(scope)
  if (cycle !== undefined) {
    const message = 'expected nodes that can be put in order, found some that wait for each other'
    yield sighting(onnxRules['cyclic-graph'], message, `${scope.place}.node[${cycle}]`)
  }
  for (const name of scope.outputs) {
    if (name === '' || defined.has(name) || outer(name)) continue
    const message = `expected a value named "${printable(name)}", found none`
    yield sighting(onnxRules['dangling-output'], message, scope.place)
  }
}

/** Names that are read but never written, or written twice, and nodes that wait for each other. */
export const wiringCheck: OnnxCheck = {
  name: 'wiring',
  *check(scan, { scopes }) {
    const definedIn = new Map<Scope, Set<string>>()
    for (const scope of scopes) yield* checkScope(scan, scope, definedIn)
  },
}
