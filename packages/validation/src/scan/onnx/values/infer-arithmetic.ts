import type { Infer, NodeView } from './node-view.ts'
import { constant, largest, maximumNumbers, sized, unknownValue, type Value } from './value.ts'

/** The shape that NumPy's broadcasting gives. */
export const broadcast = (values: readonly Value[]): Value => {
  const elements = largest(values.map((value) => value.elements))
  const shapes = values.map(({ dims }) => dims)
  if (!shapes.every((dims) => dims !== undefined)) return sized(elements)
  const rank = shapes.reduce((most, dims) => Math.max(most, dims.length), 0)
  const dims = Array.from({ length: rank }, (_, axis) =>
    shapes.reduce((most, shape) => Math.max(most, shape[axis - rank + shape.length] ?? 1), 0),
  )
  // An empty dim wins over all others, which a lower bound cannot say.
  const isExact = values.every((value) => value.isExact && !value.dims?.includes(0))
  return { dims, isExact, elements: dims.reduce((total, dim) => total * dim, 1) }
}

const inputsOf = (view: NodeView): Value[] =>
  view.node.input.flatMap((name, index) => (name === '' ? [] : [view.input(index) ?? unknownValue]))

const fold: Readonly<Record<string, (left: number, right: number) => number>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right) => left / right,
  Pow: (left, right) => left ** right,
  Max: Math.max,
  Min: Math.min,
}

/** Numbers of one operand for each number of the result; a single one stands for all. */
const spread = (numbers: readonly number[], count: number): ((index: number) => number) =>
  numbers.length === count ? (index) => numbers[index] ?? 0 : () => numbers[0] ?? 0

/** Operators on two or more tensors of one shape; those on short constants are computed. */
export const inferBroadcast: Infer = (view) => {
  const inputs = inputsOf(view)
  const result = broadcast(inputs)
  const [left, right] = inputs.map(({ numbers }) => numbers)
  const operation = fold[view.node.opType]
  if (operation === undefined || inputs.length !== 2 || left === undefined || right === undefined) return result
  const count = Math.max(left.length, right.length)
  const isPlain = [left, right].every((numbers) => numbers.length === 1 || numbers.length === count)
  if (!isPlain || count > maximumNumbers || result.elements !== count) return result
  const [leftAt, rightAt] = [spread(left, count), spread(right, count)]
  return constant(
    Array.from({ length: count }, (_, index) => operation(leftAt(index), rightAt(index))),
    result.dims ?? [count],
  )
}

/** Operators that give back a tensor of the shape they were given. */
export const inferSame: Infer = (view) => {
  const value = view.input(0)
  return value === undefined ? undefined : { ...value, numbers: undefined }
}

/** Operators that change nothing but the type: a constant stays one. */
export const inferIdentity: Infer = (view) => view.input(0)
