import { type Infer, integerOf, integersOf, type NodeView, operandOf } from './node-view.ts'
import {
  constant,
  exactDims,
  largest,
  maximumNumbers,
  product,
  shaped,
  sized,
  unknownValue,
  type Value,
} from './value.ts'

const lists = (view: NodeView): Value[] => view.node.input.map((_, index) => view.input(index) ?? unknownValue)

/** An axis counted from the end as one counted from the start. */
export const fromStart = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

const inferConcat: Infer = (view) => {
  const parts = lists(view)
  const count = parts.reduce((total, part) => total + (part.numbers?.length ?? Number.POSITIVE_INFINITY), 0)
  const numbers = count > maximumNumbers ? undefined : parts.flatMap((part) => part.numbers ?? [])
  const first = parts[0]?.dims
  const axis = first === undefined ? -1 : fromStart(integerOf(view, 'axis') ?? 0, first.length)
  const isUniform = parts.every(({ dims }) => dims !== undefined && dims.length === first?.length)
  const elements = parts.reduce((total, part) => total + part.elements, 0)
  if (first === undefined || !isUniform || axis < 0 || axis >= first.length) {
    return numbers === undefined ? sized(elements) : constant(numbers)
  }
  const dims = first.map((_, place) => {
    const sizes = parts.map((part) => part.dims?.[place] ?? 1)
    return place === axis ? sizes.reduce((total, size) => total + size, 0) : largest(sizes)
  })
  if (numbers !== undefined && dims.length === 1) return constant(numbers)
  return shaped(
    dims,
    parts.every(({ isExact }) => isExact),
  )
}

const inferReshape: Infer = (view) => {
  const data = view.input(0)
  const wanted = operandOf(view, 'shape', 1)
  if (data === undefined || wanted === undefined) return sized(data?.elements ?? 1)
  const known = wanted.map((dim, axis) => (dim === 0 ? (data.dims?.[axis] ?? 1) : dim))
  const rest = product(known.filter((dim) => dim > 0))
  const dims = known.map((dim) => (dim === -1 ? Math.max(1, Math.floor(data.elements / rest)) : Math.max(0, dim)))
  // A shape that the data does not fill is refused by the runtime, before it allocates.
  if (!data.isExact || product(dims) !== data.elements) return { ...sized(data.elements), numbers: data.numbers }
  return { ...shaped(dims, true), numbers: data.numbers }
}

const inferTranspose: Infer = (view) => {
  const data = view.input(0)
  const dims = data?.dims
  if (data === undefined || dims === undefined) return data
  const order = integersOf(view, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis)
  return { dims: order.map((axis) => dims[axis] ?? 1), isExact: data.isExact, elements: data.elements }
}

const inferUnsqueeze: Infer = (view) => {
  const data = view.input(0)
  const axes = operandOf(view, 'axes', 1)
  if (data?.dims === undefined || axes === undefined) return data && { ...data, dims: undefined, isExact: false }
  const dims = [...data.dims]
  const rank = dims.length + axes.length
  for (const axis of axes.map((place) => fromStart(place, rank)).sort((left, right) => left - right)) {
    dims.splice(Math.min(axis, dims.length), 0, 1)
  }
  return { ...data, dims }
}

const inferSqueeze: Infer = (view) => {
  const data = view.input(0)
  const axes = operandOf(view, 'axes', 1)
  if (data?.dims === undefined || (axes === undefined && !data.isExact)) {
    return data && { ...data, dims: undefined, isExact: false }
  }
  const rank = data.dims.length
  const gone = new Set(axes?.map((axis) => fromStart(axis, rank)))
  return { ...data, dims: data.dims.filter((dim, axis) => (axes === undefined ? dim !== 1 : !gone.has(axis))) }
}

const inferShape: Infer = (view) => {
  const data = view.input(0)
  if (data?.dims === undefined) return undefined
  const dims = data.dims.slice(integerOf(view, 'start') ?? 0, integerOf(view, 'end') ?? data.dims.length)
  return data.isExact ? constant(dims) : shaped([dims.length], true)
}

const inferGather: Infer = (view) => {
  const [data, indices] = [view.input(0), view.input(1)]
  if (data?.numbers !== undefined && data.dims?.length === 1 && indices?.numbers !== undefined) {
    const { numbers } = data
    const taken = indices.numbers.map((index) => numbers[fromStart(index, numbers.length)] ?? Number.NaN)
    if (!taken.some(Number.isNaN)) return constant(taken, indices.dims ?? [taken.length])
  }
  if (data?.dims === undefined || indices?.dims === undefined) return sized(indices?.elements ?? 1)
  const axis = fromStart(integerOf(view, 'axis') ?? 0, data.dims.length)
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)]
  return shaped(dims, data.isExact && indices.isExact)
}

const inferFlatten: Infer = (view) => {
  const dims = view.input(0)?.dims
  if (dims === undefined) return sized(view.input(0)?.elements ?? 1)
  const axis = fromStart(integerOf(view, 'axis') ?? 1, dims.length)
  return shaped([product(dims.slice(0, axis)), product(dims.slice(axis))], exactDims(view.input(0)) !== undefined)
}

/** Operators that arrange what is there. */
export const shapeInference: Readonly<Record<string, Infer>> = {
  Concat: inferConcat,
  Reshape: inferReshape,
  Transpose: inferTranspose,
  Unsqueeze: inferUnsqueeze,
  Squeeze: inferSqueeze,
  Shape: inferShape,
  Gather: inferGather,
  Flatten: inferFlatten,
  Size: (view) =>
    exactDims(view.input(0)) === undefined ? shaped([], true) : constant([view.input(0)?.elements ?? 1], []),
  // Characters are what grows here: the texts of both are written one after the other.
  StringConcat: (view) => sized((view.input(0)?.elements ?? 1) + (view.input(1)?.elements ?? 1)),
  ConcatFromSequence: (view) => sized(view.input(0)?.elements ?? 1),
  SequenceConstruct: (view) => sized(lists(view).reduce((total, value) => total + value.elements, 0)),
  SequenceInsert: (view) => sized((view.input(0)?.elements ?? 1) + (view.input(1)?.elements ?? 1)),
  DepthToSpace: (view) => sized(view.input(0)?.elements ?? 1),
  SpaceToDepth: (view) => sized(view.input(0)?.elements ?? 1),
}
