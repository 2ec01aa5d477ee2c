import type { TensorData } from '@nootropic/core'
import {
  type AttributeValue,
  createNode,
  createTensor,
  type NodeProto,
  type OnnxModel,
  type TensorProto,
} from '@nootropic/core/formats'
import type { FloatType } from '../graph-builder.ts'
import { namesIn } from '../graph-names.ts'
import { int64Array } from '../int64.ts'

/** A node without some of its attributes. */
export const withoutAttributes = (node: NodeProto, ...names: readonly string[]): NodeProto => ({
  ...node,
  attribute: node.attribute.filter(({ name }) => !names.includes(name)),
})

/** A node with another input at `index`; inputs before it that are missing are left out by an empty name. */
export const withInput = (node: NodeProto, index: number, name: string): NodeProto => ({
  ...node,
  input: Array.from({ length: Math.max(node.input.length, index + 1) }, (_, place) =>
    place === index ? name : (node.input[place] ?? ''),
  ),
})

/** What preparation steps write constants and new nodes with. Every name it makes is new to the model. */
export interface GraphEditor {
  readonly floatType: FloatType
  /** The constants that were made. */
  readonly initialisers: readonly TensorProto[]
  name(what: string): string
  integers(values: readonly number[], dims?: readonly number[]): string
  /** A constant of {@link floatType}, or of `type`; without dims it is a scalar. */
  floats(values: readonly number[], dims?: readonly number[], type?: FloatType): string
  /** A node whose output has a new name. */
  node(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): NodeProto
}

/** An editor for `model`; see {@link GraphEditor}. */
export const createGraphEditor = (model: OnnxModel, floatType: FloatType): GraphEditor => {
  const taken = namesIn(model.graph)
  const initialisers: TensorProto[] = []
  let serial = 0
  const name = (what: string): string => {
    for (;;) {
      serial += 1
      const candidate = `prepared/${what}/${serial}`
      if (taken.has(candidate)) continue
      taken.add(candidate)
      return candidate
    }
  }
  const constant = (type: FloatType | 'int64', data: TensorData, dims: readonly number[]): string => {
    const created = createTensor({ name: name('constant'), type, dims, data })
    initialisers.push(created)
    return created.name
  }
  return {
    floatType,
    initialisers,
    name,
    integers: (values, dims = [values.length]) => constant('int64', int64Array(values), dims),
    floats: (values, dims = [], type = floatType) =>
      constant(type, type === 'float32' ? Float32Array.from(values) : Float64Array.from(values), dims),
    node: (opType, inputs, attributes = {}) => createNode(opType, inputs, [name(opType)], attributes),
  }
}

/** The model with other nodes, and the constants that an editor made. */
export const withNodes = (model: OnnxModel, node: readonly NodeProto[], editor: GraphEditor): OnnxModel => ({
  ...model,
  graph: { ...model.graph, node, initializer: [...model.graph.initializer, ...editor.initialisers] },
})
