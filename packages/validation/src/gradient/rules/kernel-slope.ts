import type { ReverseStep } from '../rule.ts'
import type { SlidingWindow } from '../window.ts'

/**
 * The slope of a convolution's kernel `[out, in / group, …]`: the data convolved with the slope, channels in the place of
 * the batch and the batch in that of channels; strides and dilations change places. Of a transposed convolution the data
 * is its slope, and the slope its data.
 */
export const slopeOfKernel = (
  { graph }: ReverseStep,
  of: {
    readonly data: string
    readonly slope: string
    readonly dims: readonly number[]
    readonly window: SlidingWindow
    readonly group: number
  },
): string => {
  const { data, slope, dims, window, group } = of
  const [, ins = 0, ...kernel] = dims
  const space = kernel.map((_, axis) => axis)
  const grouped = graph.add('Reshape', [data, graph.integers([-1, group, ins, ...window.input])])
  const exchanged = graph.add('Transpose', [grouped], { perm: [2, 1, 0, ...space.map((axis) => axis + 3)].map(BigInt) })
  const channelsFirst = graph.add('Reshape', [exchanged, graph.integers([ins, -1, ...window.input])])
  const exchange = { perm: [1, 0, ...space.map((axis) => axis + 2)].map(BigInt) }
  const convolved = graph.add('Conv', [channelsFirst, graph.add('Transpose', [slope], exchange)], {
    group: BigInt(group),
    strides: window.dilations.map(BigInt),
    dilations: window.strides.map(BigInt),
    pads: window.pads.map(BigInt),
  })
  // Rows that no whole window reached make it longer than the kernel.
  const axes = graph.integers(space.map((axis) => axis + 2))
  const cut = graph.add('Slice', [convolved, graph.integers(space.map(() => 0)), graph.integers(kernel), axes])
  return graph.add('Transpose', [cut], exchange)
}
