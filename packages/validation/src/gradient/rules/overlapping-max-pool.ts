import { dataTypeOf } from '@nootropic/core/formats'
import { integerAttribute } from '../attributes.ts'
import { expressionsOf } from '../expressions.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import type { ReverseStep } from '../rule.ts'
import type { SlidingWindow } from '../window.ts'

/** Below every number that a model computes: padding never is the greatest. */
const lowest = -3.4028234663852886e38

/** A maximum over windows of one axis. */
interface AxisPool {
  readonly graph: GraphBuilder
  readonly value: string
  readonly pooled: string
  /** Shape of `value`. */
  readonly dims: readonly number[]
  readonly axis: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  readonly begin: number
  /** How many windows there are. */
  readonly windows: number
}

const sliced = (graph: GraphBuilder, value: string, ...bounds: readonly number[]): string =>
  graph.add('Slice', [value, ...bounds.map((bound) => graph.integers([bound]))])

/** `filler` around one axis. The optimiser of onnxruntime 1.30 breaks a Pad with `axes` beside a Transpose: all are given. */
const padded = ({ graph, dims, axis }: AxisPool, value: string, around: readonly [number, number], filler: number) => {
  if (around.every((count) => count === 0)) return value
  const pads = around.flatMap((count) => dims.map((_, place) => (place === axis ? count : 0)))
  return graph.add('Pad', [value, graph.integers(pads), graph.floats([filler])])
}

/** What the windows hold at one place: every stride-th element from there, and the lowest number beside the axis. */
const elementsAt = (pool: AxisPool, place: number): string => {
  const { graph, value, axis, dims, stride, dilation, begin, windows } = pool
  const first = place * dilation - begin
  const missing = Math.min(windows, Math.max(0, Math.ceil(-first / stride)))
  const end = Math.min(windows, Math.max(missing, Math.ceil(((dims[axis] ?? 0) - first) / stride)))
  if (missing === end)
    return graph.add('Add', [graph.add('Mul', [pool.pooled, graph.floats([0])]), graph.floats([lowest])])
  const from = first + missing * stride
  const inside = sliced(graph, value, from, from + (end - missing - 1) * stride + 1, axis, stride)
  return padded(pool, inside, [missing, windows - end], lowest)
}

/** What each place in the windows takes of the slope: the first that equals the maximum takes all, as in the kernel. */
const takenSlopes = (pool: AxisPool, slope: string): string[] => {
  const { graph, kernel } = pool
  const { sub, mul, equal } = expressionsOf(graph)
  let rest = slope
  return Array.from({ length: kernel }, (_, place) => {
    // What no other element took is the last one's.
    if (place === kernel - 1) return rest
    const isMaximum = equal(elementsAt(pool, place), pool.pooled)
    const taken = mul(rest, graph.add('Cast', [isMaximum], { to: BigInt(dataTypeOf[graph.floatType]) }))
    rest = sub(rest, taken)
    return taken
  })
}

/** Adds up what was taken, where it came from: places a stride apart are neighbours, the others lie between them. */
const gathered = (pool: AxisPool, taken: readonly string[]): string => {
  const { graph, axis, stride, dilation, begin, windows, dims } = pool
  const { add, mul } = expressionsOf(graph)
  const length = dims[axis] ?? 0
  const columns = Math.ceil(length / stride)
  /** Moved along the axis; what leaves it was taken by padding, and is 0. */
  const shifted = (slope: string, shift: number): string => {
    const [from, to] = [Math.max(0, -shift), Math.min(windows, columns - shift)]
    if (from >= to) return ''
    const inside = from === 0 && to === windows ? slope : sliced(graph, slope, from, to, axis)
    return padded(pool, inside, [from + shift, columns - to - shift], 0)
  }
  const lanes = Array.from({ length: stride }, (_, lane) => {
    const moved = taken.flatMap((slope, place) => {
      const from = place * dilation - begin - lane
      return from % stride === 0 ? [shifted(slope, from / stride)] : []
    })
    const present = moved.filter((name) => name !== '')
    return present.length === 0 ? undefined : add(...present)
  })
  const [some = ''] = lanes.flatMap((lane) => lane ?? [])
  const parts = lanes.map((lane) => lane ?? mul(some, 0))
  if (stride === 1) return parts[0] ?? ''
  const unsqueezed = parts.map((part) => graph.unsqueeze(part, [axis + 1]))
  const joined = graph.add('Concat', unsqueezed, { axis: BigInt(axis + 1) })
  const size = dims.map((dim, place) => (place < 2 ? 0 : place === axis ? columns * stride : dim))
  const whole = graph.add('Reshape', [joined, graph.integers(size)])
  return columns * stride === length ? whole : sliced(graph, whole, 0, length, axis)
}

/** The last two axes exchanged: rows that are not innermost are cut and joined in whole blocks, which is faster. */
const swapped = (graph: GraphBuilder, value: string, rank: number): string => {
  const axes = Array.from({ length: rank + 2 }, (_, axis) => BigInt(axis))
  return graph.add('Transpose', [value], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] })
}

/**
 * The slope of windows that overlap, one axis after the other: a maximum of maxima is the same maximum, and the first of
 * those that tie is the same too. Asking the kernel for indices and scattering by them costs up to twice as much.
 */
export const slopeOfOverlaps = (
  { node, graph, input, output, slope, shape }: ReverseStep,
  { kernel, strides, dilations, pads, output: counts }: SlidingWindow,
): string => {
  const rank = kernel.length
  const poolAlong = (place: number, value: string, dims: readonly number[], axis: number): AxisPool => {
    const [size = 1, stride = 1, dilation = 1] = [kernel[place], strides[place], dilations[place]]
    const [begin = 0, windows = 0] = [pads[place], counts[place]]
    const onAxis = (own: number, others: number): bigint[] =>
      kernel.map((_, index) => BigInt(index === axis - 2 ? own : others))
    // Over the first axis last, which gives the node's own output.
    const pooled =
      place === 0
        ? output
        : graph.add('MaxPool', [value], {
            kernel_shape: onAxis(size, 1),
            strides: onAxis(stride, 1),
            dilations: onAxis(dilation, 1),
            pads: [...onAxis(begin, 0), ...onAxis(pads[rank + place] ?? 0, 0)],
            ceil_mode: BigInt(integerAttribute(node, 'ceil_mode', 0)),
          })
    return { graph, value, pooled, dims, axis, kernel: size, stride, dilation, begin, windows }
  }
  // Innermost first: of equal rows the first wins, and in it the first column.
  const walk = (place: number, value: string, dims: readonly number[]): string => {
    if (place < 0) return slope
    const isAlone = kernel[place] === 1 && dims[place + 2] === counts[place]
    if (isAlone) return walk(place - 1, value, dims)
    const isSwapped = place === rank - 1 && rank > 1
    const turned = (name: string): string => (isSwapped ? swapped(graph, name, rank) : name)
    const turnedDims = isSwapped ? [...dims.slice(0, -2), ...dims.slice(-2).reverse()] : dims
    const pool = poolAlong(place, turned(value), turnedDims, isSwapped ? rank : place + 2)
    const left = dims.map((dim, axis) => (axis === place + 2 ? pool.windows : dim))
    const back = walk(place - 1, turned(pool.pooled), left)
    return turned(gathered(pool, takenSlopes(pool, turned(back))))
  }
  return walk(rank - 1, input(0), shape(input(0)))
}
