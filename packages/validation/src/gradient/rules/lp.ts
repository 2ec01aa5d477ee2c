import { integerAttribute, integersAttribute } from '../attributes.ts'
import { expressionsOf } from '../expressions.ts'
import { frontAxis, type ReverseRule, type ReverseStep } from '../rule.ts'
import { slidingWindow, transposedWindow } from '../window.ts'

const orderOf = ({ node }: ReverseStep): number => integerAttribute(node, 'p', 2)

/** sign(x) |x|ᵖ⁻¹, which is d(|x|ᵖ)/dx over p. */
const powerSlope = ({ input, graph }: ReverseStep, order: number): string => {
  const { mul, apply } = expressionsOf(graph)
  const sign = apply('Sign', input(0))
  if (order === 1) return sign
  return order === 2 ? input(0) : mul(sign, graph.add('Pow', [apply('Abs', input(0)), graph.floats([order - 1])]))
}

/** dy y¹⁻ᵖ: what a norm's slope has in common for all its elements. Where the norm is 0 the slope is 0, of all subgradients. */
const commonSlope = ({ slope, output, graph }: ReverseStep, order: number): string => {
  const { div, equal, where } = expressionsOf(graph)
  if (order === 1) return slope
  const isZero = equal(output, 0)
  const power = graph.add('Pow', [where(isZero, 1, output), graph.floats([order - 1])])
  return where(isZero, 0, div(slope, power))
}

/** y = (sum of |x|ᵖ) to the power of 1/p over all spatial axes: dx = dy y¹⁻ᵖ sign(x) |x|ᵖ⁻¹. */
export const reverseGlobalLpPool: ReverseRule = (step) => {
  const order = orderOf(step)
  return [expressionsOf(step.graph).mul(commonSlope(step, order), powerSlope(step, order))]
}

/** The same for each window: what is common to it is spread over it by a transposed convolution with ones. */
export const reverseLpPool: ReverseRule = (step) => {
  const { node, input, shape, graph } = step
  const kernel = integersAttribute(node, 'kernel_shape')
  if (kernel === undefined) return { refused: 'no kernel_shape' }
  const window = slidingWindow(step, kernel)
  if (integerAttribute(node, 'ceil_mode', 0) !== 0) return { refused: 'ceil_mode' }
  const order = orderOf(step)
  const channels = shape(input(0))[1] ?? 1
  const size = kernel.reduce((product, length) => product * length, 1)
  const ones = graph.floats(new Array<number>(channels * size).fill(1), [channels, 1, ...kernel])
  const attributes = { ...transposedWindow(window), group: BigInt(channels) }
  const spread = graph.add('ConvTranspose', [commonSlope(step, order), ones], attributes)
  return [expressionsOf(graph).mul(spread, powerSlope(step, order))]
}

/** y = x / n, where n is the norm over an axis: dx = (dy - n' sum(dy y)) / n, and 0 where n is. */
export const reverseLpNormalization: ReverseRule = (step) => {
  const { node, slope, input, output, shape, graph } = step
  const { sub, mul, div, square, apply, equal, where } = expressionsOf(graph)
  const order = orderOf(step)
  const axis = frontAxis(integerAttribute(node, 'axis', -1), shape(input(0)).length)
  const total = (value: string): string => graph.sum(value, [axis], true)
  const norm = order === 1 ? total(apply('Abs', input(0))) : apply('Sqrt', total(square(input(0))))
  const slopeOfNorm = order === 1 ? apply('Sign', input(0)) : output
  const isZero = equal(norm, 0)
  const along = sub(slope, mul(slopeOfNorm, total(mul(slope, output))))
  return [where(isZero, 0, div(along, where(isZero, 1, norm)))]
}
