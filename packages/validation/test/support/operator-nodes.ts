import { createNode, createTensor, type NodeProto, type TensorProto } from '@nootropic/core/formats'
import { type FloatType, floats, integers } from './models.ts'

export type Attributes = Parameters<typeof createNode>[3]

/** One node from `x` to `h`. */
export const one = (operator: string, attributes: Attributes = {}): NodeProto[] => [
  createNode(operator, ['x'], ['h'], attributes),
]

export const scalar = (type: FloatType, name: string, value: number): TensorProto => floats(type, name, [], [value])

/** A constant of int64 of any shape; the shape is one axis unless given. */
export const whole = (name: string, data: readonly number[], dims: readonly number[] = [data.length]): TensorProto =>
  createTensor({ name, type: 'int64', dims, data: BigInt64Array.from(data, BigInt) })

/** A part of one axis of a value. */
export const part = (from: string, to: string, axis: number, start: number, end: number): NodeProto[] => [
  ...[start, end, axis].map((value, place) =>
    createNode('Constant', [], [`${to}/${place}`], { value: integers('', [value]) }),
  ),
  createNode('Slice', [from, `${to}/0`, `${to}/1`, `${to}/2`], [to]),
]

/** Repeats a constant for each example of the batch, whatever its length: [1, …dims] becomes [batch, …dims]. */
export const perExample = (constant: string, name: string, dims: readonly number[]): NodeProto[] => [
  createNode('Shape', ['x'], [`${name}/batch`], { start: 0n, end: 1n }),
  createNode('Constant', [], [`${name}/rest`], { value: integers('', dims) }),
  createNode('Concat', [`${name}/batch`, `${name}/rest`], [`${name}/shape`], { axis: 0n }),
  createNode('Expand', [constant, `${name}/shape`], [name]),
]
