import type { AttributeProto, GraphProto, NodeProto, ValueInfoProto } from '@nootropic/core/formats'
import { type Scope, walkScopes } from '../graphs.ts'
import type { OnnxScan } from '../onnx-scan.ts'
import { constantNode, tensorNumbers } from './constant-numbers.ts'
import { inferOutputs } from './infer.ts'
import type { NodeView } from './node-view.ts'
import { maximumNumbers, shaped, unknownValue, type Value } from './value.ts'

/** What is known of a model's graphs before anything runs. */
export interface GraphAnalysis {
  /** Outer ones before inner ones. */
  readonly scopes: readonly Scope[]
  /** The scope of a subgraph. */
  scopeOf(graph: GraphProto): Scope | undefined
  /** What is known of a name as a scope sees it. */
  valueOf(scope: Scope, name: string): Value | undefined
  viewOf(scope: Scope, node: NodeProto): NodeView
  /** What would be known of a scope's values if its inputs were these. */
  evaluate(scope: Scope, inputs: ReadonlyMap<string, Value>): ReadonlyMap<string, Value>
}

/** Inputs of one node that are followed; a node with more is a list made to be slow (CWE-770). */
const maximumInputs = 4096

/** What an input of the model declares; a dim that may vary counts as one. */
const declaredValue = ({ type }: ValueInfoProto): Value => {
  const dims = type?.tensorType?.shape?.dim
  if (dims === undefined) return unknownValue
  const isExact = dims.every(({ dimValue }) => dimValue !== undefined && dimValue >= 0)
  return shaped(
    dims.map(({ dimValue }) => Math.max(1, dimValue ?? 1)),
    isExact,
  )
}

const attributeOf = (node: NodeProto, name: string): AttributeProto | undefined =>
  node.attribute.find((attribute) => attribute.name === name)

/**
 * Follows shapes and short constants through every graph of a model, forwards, once. Sizes are lower bounds: what is
 * unknown counts as one element, so that what is found to be large is large whatever the model is fed.
 */
export const analyseGraph = (scan: OnnxScan): GraphAnalysis => {
  const scopes = [...walkScopes(scan.model)]
  const byGraph = new Map(scopes.map((scope) => [scope.graph, scope]))
  const known = new Map<Scope, ReadonlyMap<string, Value>>()
  const sources = new Map<Scope, ReadonlyMap<string, TensorSource>>()

  const lookUp = (start: Scope, name: string, own?: ReadonlyMap<string, Value>): Value | undefined => {
    for (let scope: Scope | undefined = start; scope !== undefined; scope = scope.parent) {
      const value = (scope === start ? (own ?? known.get(scope)) : known.get(scope))?.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }

  const sourcesOf = (scope: Scope): ReadonlyMap<string, TensorSource> => {
    const ready = sources.get(scope)
    if (ready !== undefined) return ready
    const table = new Map<string, TensorSource>()
    for (const tensor of scope.initialisers) table.set(tensor.name, (limit) => tensorNumbers(scan, tensor, limit))
    for (const node of scope.nodes) {
      if (node.opType === 'Constant')
        table.set(node.output[0] ?? '', (limit) => constantNode(scan, node, limit)?.numbers)
    }
    sources.set(scope, table)
    return table
  }

  const viewOf = (scope: Scope, node: NodeProto, own?: ReadonlyMap<string, Value>): NodeView => ({
    node,
    input: (index) => {
      const name = node.input[index]
      return name === undefined || name === '' ? undefined : (lookUp(scope, name, own) ?? unknownValue)
    },
    numbers: (index, maximum) => {
      const name = node.input[index] ?? ''
      for (let seen: Scope | undefined = scope; name !== '' && seen !== undefined; seen = seen.parent) {
        const source = sourcesOf(seen).get(name)
        if (source !== undefined) return source(maximum)
      }
      return undefined
    },
    attribute: (name) => attributeOf(node, name),
  })

  const evaluate = (scope: Scope, inputs: ReadonlyMap<string, Value>): Map<string, Value> => {
    const values = new Map(inputs)
    for (const tensor of scope.initialisers) {
      const value = shaped(tensor.dims, true)
      const numbers = value.elements > maximumNumbers ? undefined : tensorNumbers(scan, tensor, maximumNumbers)
      values.set(tensor.name, { ...value, numbers })
    }
    for (const { values: stored, dims } of scope.sparseInitialisers) {
      if (stored !== undefined) values.set(stored.name, shaped(dims, true))
    }
    for (const node of scope.nodes) {
      scan.checkTime?.()
      if (node.input.length > maximumInputs) continue
      if (node.opType === 'Constant') {
        const constant = constantNode(scan, node, maximumNumbers)
        if (constant !== undefined)
          values.set(node.output[0] ?? '', { ...shaped(constant.dims, true), numbers: constant.numbers })
        continue
      }
      for (const [index, value] of inferOutputs(viewOf(scope, node, values)).entries()) {
        const name = node.output[index]
        if (name !== undefined && name !== '') values.set(name, value)
      }
    }
    return values
  }

  for (const scope of scopes) {
    // Only the model's own graph is given what its inputs declare; a subgraph is given what its node hands in.
    const inputs =
      scope.place === 'graph' ? scope.inputs.map((input) => [input.name, declaredValue(input)] as const) : []
    known.set(scope, evaluate(scope, new Map(inputs)))
  }
  return { scopes, scopeOf: (graph) => byGraph.get(graph), valueOf: lookUp, viewOf, evaluate }
}

/** Reads the numbers of a constant, if it has at most so many. */
type TensorSource = (maximum: number) => readonly number[] | undefined
