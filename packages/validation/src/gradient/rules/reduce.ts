import { integerAttribute, integersAttribute } from '../attributes.ts'
import { frontAxis, type Refusal, type ReverseRule, type ReverseStep } from '../rule.ts'

/** The reduced axes, from the attribute or from the constant input of later operator sets. */
const reducedAxes = (step: ReverseStep): number[] | Refusal => {
  const { node, input, shape, constant } = step
  const rank = shape(input(0)).length
  const given = integersAttribute(node, 'axes') ?? (input(1) === '' ? [] : constant(input(1)))
  if (given === undefined) return { refused: 'axes that are not constant' }
  if (given.length > 0) return given.map((axis) => frontAxis(axis, rank))
  return integerAttribute(node, 'noop_with_empty_axes', 0) === 0 ? shape(input(0)).map((_, axis) => axis) : []
}

/** A reduced value with its axes back, of length 1. */
const withAxes = ({ node, graph }: ReverseStep, value: string, axes: readonly number[]): string =>
  integerAttribute(node, 'keepdims', 1) === 0 ? graph.unsqueeze(value, axes) : value

const expanded = (step: ReverseStep, value: string): string =>
  step.graph.add('Expand', [value, step.graph.add('Shape', [step.input(0)])])

/** y = sum of x: every element gets the slope. */
export const reverseReduceSum: ReverseRule = (step) => {
  const axes = reducedAxes(step)
  if ('refused' in axes) return axes
  return [expanded(step, withAxes(step, step.slope, axes))]
}

/** y = mean of x: every element gets its share of the slope. */
export const reverseReduceMean: ReverseRule = (step) => {
  const { graph, shape, input, slope } = step
  const axes = reducedAxes(step)
  if ('refused' in axes) return axes
  if (axes.includes(0)) return { refused: 'the batch axis' }
  const count = axes.reduce((product, axis) => product * (shape(input(0))[axis] ?? 1), 1)
  return [expanded(step, withAxes(step, graph.add('Div', [slope, graph.floats([count])]), axes))]
}

/** y = max of x: the elements that reach it share the slope, a subgradient where there are several. */
export const reverseReduceMax: ReverseRule = (step) => {
  const { graph, input, output, slope } = step
  const axes = reducedAxes(step)
  if ('refused' in axes) return axes
  const reaches = graph.add('Equal', [input(0), withAxes(step, output, axes)])
  const mask = graph.add('Where', [reaches, graph.floats([1]), graph.floats([0])])
  const share = graph.add('Div', [withAxes(step, slope, axes), graph.sum(mask, axes, true)])
  return [graph.add('Mul', [mask, share])]
}
