import type { TensorData } from '@nootropic/core'
import {
  type AttributeValue,
  createNode,
  createTensor,
  type NodeProto,
  type TensorProto,
} from '@nootropic/core/formats'
import { int64Array } from './int64.ts'

/** The floating type that a gradient graph computes in: that of the model's input. */
export type FloatType = 'float32' | 'float64'

/** What reverse rules write their nodes into. Every name it makes is new to the model. */
export interface GraphBuilder {
  readonly floatType: FloatType
  /** Version of ONNX's operator set that the model imports, 18 or later; all added nodes are of the same. */
  readonly opset: number
  readonly nodes: readonly NodeProto[]
  readonly initialisers: readonly TensorProto[]
  /** Adds a node and returns the name of its first output. */
  add(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string
  /** Adds `node` with other inputs and a new output, whose name is returned. */
  addCopy(node: NodeProto, inputs: readonly string[]): string
  /** Adds a node with `count` outputs and returns their names. */
  addMany(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): string[]
  /** A constant of the graph's floating type, or of `type`; without dims it is a scalar. */
  floats(values: readonly number[], dims?: readonly number[], type?: FloatType): string
  /** The same builder for the part of a model that computes in another floating type. */
  inType(floatType: FloatType): GraphBuilder
  /** A constant of int64; one axis unless dims say otherwise. */
  integers(values: readonly number[], dims?: readonly number[]): string
  /** `value` in the shape that `model` has at run time. */
  reshapeLike(value: string, model: string): string
  /** Sums over axes. */
  sum(value: string, axes: readonly number[], keepDims: boolean): string
  /** The greatest over axes, which stay with length 1. */
  greatest(value: string, axes: readonly number[]): string
  /** Puts axes of length 1 in. */
  unsqueeze(value: string, axes: readonly number[]): string
  /** Undoes broadcasting: sums `value`, of shape `from`, over what was repeated to make it from shape `to`. */
  sumToShape(value: string, from: readonly number[], to: readonly number[]): string
}

/**
 * A builder for a model's gradient.
 *
 * @param taken names that the model uses.
 */
export const createGraphBuilder = (options: {
  readonly floatType: FloatType
  readonly opset: number
  readonly taken: ReadonlySet<string>
}): GraphBuilder => {
  const { floatType, opset, taken } = options
  const nodes: NodeProto[] = []
  const initialisers: TensorProto[] = []
  const constants = new Map<string, string>()
  let serial = 0
  const name = (what: string): string => {
    for (;;) {
      serial += 1
      const candidate = `gradient/${what}/${serial}`
      if (!taken.has(candidate)) return candidate
    }
  }
  const constant = (type: FloatType | 'int64', data: TensorData, dims: readonly number[]): string => {
    const key = `${type} [${dims}] ${Array.from(data as ArrayLike<number>)}`
    const known = constants.get(key)
    if (known !== undefined) return known
    const created = name('constant')
    initialisers.push(createTensor({ name: created, type, dims, data }))
    constants.set(key, created)
    return created
  }
  const builder: GraphBuilder = {
    floatType,
    opset,
    nodes,
    initialisers,
    add(opType, inputs, attributes = {}) {
      const output = name(opType)
      nodes.push(createNode(opType, inputs, [output], attributes))
      return output
    },
    addCopy(node, inputs) {
      const output = name(node.opType)
      nodes.push({ ...node, name: '', input: inputs, output: [output] })
      return output
    },
    addMany(opType, inputs, count, attributes = {}) {
      const outputs = Array.from({ length: count }, () => name(opType))
      nodes.push(createNode(opType, inputs, outputs, attributes))
      return outputs
    },
    floats: (values, dims = [], type = floatType) =>
      constant(type, type === 'float32' ? Float32Array.from(values) : Float64Array.from(values), dims),
    inType: (other) => ({
      ...builder,
      floatType: other,
      floats: (values, dims, type = other) => builder.floats(values, dims, type),
    }),
    integers: (values, dims = [values.length]) => constant('int64', int64Array(values), dims),
    reshapeLike: (value, model) => builder.add('Reshape', [value, builder.add('Shape', [model])]),
    sum: (value, axes, keepDims) =>
      builder.add('ReduceSum', [value, builder.integers(axes)], { keepdims: keepDims ? 1n : 0n }),
    greatest: (value, axes) => builder.add('ReduceMax', [value, builder.integers(axes)], { keepdims: 1n }),
    unsqueeze: (value, axes) => builder.add('Unsqueeze', [value, builder.integers(axes)]),
    sumToShape(value, from, to) {
      const added = from.length - to.length
      const leading = from.slice(0, added).map((_, axis) => axis)
      const summed = leading.length === 0 ? value : builder.sum(value, leading, false)
      const repeated = to.flatMap((dim, axis) => (dim === 1 && from[axis + added] !== 1 ? [axis] : []))
      return repeated.length === 0 ? summed : builder.sum(summed, repeated, true)
    },
  }
  return builder
}
