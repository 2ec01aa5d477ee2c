import { integerAttribute } from '../attributes.ts'
import type { GraphBuilder } from '../graph-builder.ts'
import type { ReverseRule } from '../rule.ts'
import { type SlidingWindow, slidingWindow, transposedWindow } from '../window.ts'
import { slopeOfKernel } from './kernel-slope.ts'

/** Slices to the end of an axis, backwards. */
const beforeStart = -(2 ** 31)

/** A kernel `[out, in / group, …]` turned round in space, with in and out exchanged: `[in, out / group, …]`. */
const flipped = (graph: GraphBuilder, kernel: string, dims: readonly number[], group: number): string => {
  const [outs = 0, ins = 0, ...space] = dims
  const axes = space.map((_, axis) => axis + 2)
  const all = (value: number): string => graph.integers(axes.map(() => value))
  const turned = graph.add('Slice', [kernel, all(-1), all(beforeStart), graph.integers(axes), all(-1)])
  const grouped = graph.add('Reshape', [turned, graph.integers([group, outs / group, ins, ...space])])
  const exchanged = graph.add('Transpose', [grouped], { perm: [0, 2, 1, ...axes.map((axis) => axis + 1)].map(BigInt) })
  return graph.add('Reshape', [exchanged, graph.integers([group * ins, outs / group, ...space])])
}

/** What a Conv with stride 1 pads to undo the window; nothing where it would have to cut. */
const paddingBack = ({ kernel, strides, dilations, pads }: SlidingWindow): readonly number[] | undefined => {
  if (strides.some((stride) => stride !== 1)) return undefined
  const back = pads.map((length, index) => {
    const axis = index % kernel.length
    return (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) - length
  })
  return back.some((length) => length < 0) ? undefined : back
}

/** Channels that onnxruntime's convolution computes at once: with fewer, it computes as many and throws some away. */
const channelsAtOnce = 8

/**
 * Y = X * W + b: dX is the transposed convolution of dY with the same W; with stride 1 that is a convolution with W
 * turned round, whose kernel is twice as fast unless X has few channels.
 */
export const reverseConv: ReverseRule = (step) => {
  const { node, slope, input, wants, shape, graph } = step
  const dims = shape(input(1))
  const kernel = dims.slice(2)
  if (kernel.length === 0) return { refused: 'no spatial axis' }
  const window = slidingWindow(step, kernel)
  const group = integerAttribute(node, 'group', 1)
  const pads = paddingBack(window)
  const slopeOfInput = (): string =>
    pads === undefined || (dims[1] ?? 0) * group < channelsAtOnce
      ? graph.add('ConvTranspose', [slope, input(1)], { ...transposedWindow(window), group: BigInt(group) })
      : graph.add('Conv', [slope, flipped(graph, input(1), dims, group)], {
          group: BigInt(group),
          pads: pads.map(BigInt),
          dilations: window.dilations.map(BigInt),
        })
  const batchAndSpace = [0, ...kernel.map((_, axis) => axis + 2)]
  return [
    wants(0) ? slopeOfInput() : undefined,
    wants(1) ? slopeOfKernel(step, { data: input(0), slope, dims, window, group }) : undefined,
    wants(2) ? graph.sum(slope, batchAndSpace, false) : undefined,
  ]
}
