import { integerAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'
import { slidingWindow, transposedWindow } from '../window.ts'

/** Y = X * W + b: dX is the transposed convolution of dY with the same W. Weights must be constants. */
export const reverseConv: ReverseRule = (step) => {
  const { node, slope, input, wants, shape, graph } = step
  if (wants(1) || wants(2)) return { refused: 'weights that depend on the input' }
  const kernel = shape(input(1)).slice(2)
  if (kernel.length === 0) return { refused: 'no spatial axis' }
  const window = slidingWindow(step, kernel)
  if ('refused' in window) return window
  const group = BigInt(integerAttribute(node, 'group', 1))
  return [graph.add('ConvTranspose', [slope, input(1)], { ...transposedWindow(window), group })]
}
