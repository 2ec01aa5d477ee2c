import { floatAttribute, integerAttribute } from '../../../gradient/attributes.ts'
import { expressionsOf } from '../../../gradient/expressions.ts'
import type { Interval, IntervalRule, IntervalStep } from '../interval-rule.ts'
import { magnitude, sumSlack, underflowSlack, widen } from '../rounding.ts'

const product = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1)
const greatestOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

/** An interval by its middle and its radius, the radius larger by what sums over its elements may be off. */
const centred = ({ graph }: IntervalStep, interval: Interval, slack: number) => {
  const { add, sub, mul, apply } = expressionsOf(graph)
  const { lower, upper } = interval
  const middle = mul(add(lower, upper), 0.5)
  const rounding = add(mul(magnitude(graph, interval), slack), underflowSlack(graph))
  const radius = add(mul(sub(upper, lower), 0.5), rounding)
  return { middle, radius, size: apply('Abs', middle) }
}

/**
 * An affine map of an interval with middle c and radius r has the middle W c + b and the radius |W| r. What sums may be
 * off by is a share of |W| times the greatest magnitudes, and goes through |W| together with r.
 */
const affine = (
  step: IntervalStep,
  map: {
    /** Products that are added up for one element. */
    readonly terms: number
    /** Magnitude of the bias. */
    readonly bias: number
    middle(centre: string): string
    radius(radius: string): string
  },
): readonly Interval[] => {
  const { graph } = step
  const { add } = expressionsOf(graph)
  const slack = sumSlack(graph, map.terms)
  const { middle: centre, radius: spread } = centred(step, step.interval(0), slack)
  const middle = map.middle(centre)
  return [widen(graph, { lower: middle, upper: middle }, add(map.radius(spread), slack * map.bias))]
}

/** The constant at an input: its name, and that of its magnitudes. */
const weightsOf = (step: IntervalStep, index: number): { readonly signed: string; readonly magnitudes: string } => {
  const signed = step.input(index)
  return { signed, magnitudes: step.graph.add('Abs', [signed]) }
}

const biasOf = (
  step: IntervalStep,
  index: number,
): { readonly names: readonly string[]; readonly magnitude: number } => {
  const name = step.input(index)
  return name === ''
    ? { names: [], magnitude: 0 }
    : { names: [name], magnitude: greatestOf(step.constant(name) ?? [Number.NaN]) }
}

const isConstant = (step: IntervalStep, ...places: readonly number[]): boolean =>
  places.every((index) => step.input(index) === '' || step.constant(step.input(index)) !== undefined)

const moved = { refused: 'weights that are not constant' }

/** Conv and ConvTranspose. */
export const convolution: IntervalRule = (step) => {
  if (!isConstant(step, 1, 2)) return moved
  const { node, graph } = step
  const weights = weightsOf(step, 1)
  const bias = biasOf(step, 2)
  return affine(step, {
    // Of a transposed one fewer products meet in one element than the kernel has.
    terms: product(step.shape(step.input(1))),
    bias: bias.magnitude,
    middle: (centre) => graph.addCopy(node, [centre, weights.signed, ...bias.names]),
    radius: (radius) => graph.addCopy(node, [radius, weights.magnitudes]),
  })
}

/** Y = alpha op(A) op(B) + beta C with a constant B and C. */
export const gemm: IntervalRule = (step) => {
  if (!step.isMoving(0) || !isConstant(step, 1, 2)) return moved
  const { node, graph } = step
  const weights = weightsOf(step, 1)
  const bias = biasOf(step, 2)
  const flag = (name: string): bigint => BigInt(integerAttribute(node, name, 0))
  const alpha = Math.abs(floatAttribute(node, 'alpha', 1))
  return affine(step, {
    terms: Math.max(...step.shape(step.input(1))),
    bias: bias.magnitude * Math.abs(floatAttribute(node, 'beta', 1)),
    middle: (centre) => graph.addCopy(node, [centre, weights.signed, ...bias.names]),
    radius: (radius) =>
      graph.add('Gemm', [radius, weights.magnitudes], { alpha, transA: flag('transA'), transB: flag('transB') }),
  })
}

/**
 * Y = A B. The middles' product is the middle; the radius is what each factor's radius adds by the magnitude of the other's
 * middle, and by its radius.
 */
export const matmul: IntervalRule = (step) => {
  const { graph } = step
  const { add } = expressionsOf(graph)
  const multiply = (left: string, right: string): string => graph.add('MatMul', [left, right])
  const terms = step.shape(step.input(0)).at(-1) ?? 1
  // Where one factor is constant its radius is nothing, and the other's carries the slack for both.
  const slack = sumSlack(graph, terms)
  const [a, b] = [0, 1].map((index) => centred(step, step.interval(index), step.isMoving(index) ? slack : 0))
  if (a === undefined || b === undefined) return { refused: 'a missing factor' }
  const middle = multiply(a.middle, b.middle)
  const radii = [
    ...(step.isMoving(0) ? [multiply(a.radius, b.size)] : []),
    ...(step.isMoving(1) ? [multiply(a.size, b.radius)] : []),
    ...(step.isMoving(0) && step.isMoving(1) ? [multiply(a.radius, b.radius)] : []),
  ]
  return [widen(graph, { lower: middle, upper: middle }, add(...radii))]
}

/** With fixed statistics: y = x s + (b - mean s), where s = scale / sqrt(variance + epsilon), channel by channel. */
export const batchNormalization: IntervalRule = (step) => {
  if (!isConstant(step, 1, 2, 3, 4)) return moved
  const { node, graph } = step
  if (integerAttribute(node, 'training_mode', 0) !== 0) return { refused: 'a training mode' }
  const epsilon = floatAttribute(node, 'epsilon', 1e-5)
  const [scale = [], bias = [], mean = [], variance = []] = [1, 2, 3, 4].map((index) =>
    step.constant(step.input(index)),
  )
  const factors = scale.map((value, channel) => Math.abs(value / Math.sqrt((variance[channel] ?? 0) + epsilon)))
  const shape = step.shape(step.input(0))
  const perChannel = graph.floats(factors, [1, factors.length, ...shape.slice(2).map(() => 1)])
  return affine(step, {
    terms: stepsOfNormalization,
    bias: greatestOf(
      factors.map((factor, channel) => factor * Math.abs(mean[channel] ?? 0) + Math.abs(bias[channel] ?? 0)),
    ),
    middle: (centre) => graph.addCopy(node, [centre, ...node.input.slice(1)]),
    radius: (radius) => graph.add('Mul', [radius, perChannel]),
  })
}

/** Roundings on the way of a normalisation: of the root, the quotient, the products and the sums. */
const stepsOfNormalization = 8
