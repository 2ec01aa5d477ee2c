import { createTensor } from '@nootropic/core/formats'
import { integerAttribute, integersAttribute } from '../attributes.ts'
import type { ReverseRule, ReverseStep } from '../rule.ts'
import { type SlidingWindow, slidingWindow, transposedWindow } from '../window.ts'

const product = (numbers: readonly number[]): number => numbers.reduce((total, number) => total * number, 1)

/**
 * The share of each window that lies inside the input. Pooling a picture of ones, padding counted, measures it.
 */
const insideShare = ({ graph, input }: ReverseStep, window: SlidingWindow): string => {
  const data = graph.floatType === 'float32' ? Float32Array.of(1) : Float64Array.of(1)
  const value = createTensor({ name: '', type: graph.floatType, dims: [1], data })
  const ones = graph.add('ConstantOfShape', [graph.add('Shape', [input(0)])], { value })
  return graph.add('AveragePool', [ones], {
    kernel_shape: window.kernel.map(BigInt),
    strides: window.strides.map(BigInt),
    pads: window.pads.map(BigInt),
    count_include_pad: 1n,
  })
}

/** Every element of a window gets its share of the slope: a transposed convolution with equal weights, by channel. */
export const reverseAveragePool: ReverseRule = (step) => {
  const { node, slope, input, shape, graph } = step
  const kernel = integersAttribute(node, 'kernel_shape')
  if (kernel === undefined) return { refused: 'no kernel_shape' }
  const window = slidingWindow(step, kernel)
  if (integerAttribute(node, 'ceil_mode', 0) !== 0) return { refused: 'ceil_mode' }
  if (window.dilations.some((dilation) => dilation !== 1)) return { refused: 'dilations' }
  const channels = shape(input(0))[1] ?? 1
  const size = product(kernel)
  const weights = graph.floats(new Array<number>(channels * size).fill(1 / size), [channels, 1, ...kernel])
  const isPadCounted =
    integerAttribute(node, 'count_include_pad', 0) !== 0 || window.pads.every((length) => length === 0)
  const shares = isPadCounted ? slope : graph.add('Div', [slope, insideShare(step, window)])
  return [graph.add('ConvTranspose', [shares, weights], { ...transposedWindow(window), group: BigInt(channels) })]
}

/** The mean over all spatial axes: every element gets its share of the slope. */
export const reverseGlobalAveragePool: ReverseRule = ({ slope, input, shape, graph }) => {
  const share = graph.add('Div', [slope, graph.floats([product(shape(input(0)).slice(2))])])
  return [graph.add('Expand', [share, graph.add('Shape', [input(0)])])]
}
