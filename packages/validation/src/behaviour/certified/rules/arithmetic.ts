import { expressionsOf } from '../../../gradient/expressions.ts'
import type { GraphBuilder } from '../../../gradient/graph-builder.ts'
import type { Interval, IntervalRule, IntervalStep } from '../interval-rule.ts'
import { magnitude, stepSlack, sumSlack, widen, widenByStep } from '../rounding.ts'

/** A sum may cancel: what it is widened by is a share of the terms, not of the result. */
const widenBySum = (graph: GraphBuilder, sum: Interval, terms: readonly Interval[]): Interval => {
  const { add, mul } = expressionsOf(graph)
  return widen(graph, sum, mul(stepSlack(graph), add(...terms.map((term) => magnitude(graph, term)))))
}

const intervalsOf = (step: IntervalStep): Interval[] => step.node.input.map((_, index) => step.interval(index))

/** a + b + …, of two or more. */
export const sum: IntervalRule = (step) => {
  const terms = intervalsOf(step)
  const total = {
    lower: step.graph.addCopy(
      step.node,
      terms.map(({ lower }) => lower),
    ),
    upper: step.graph.addCopy(
      step.node,
      terms.map(({ upper }) => upper),
    ),
  }
  return [widenBySum(step.graph, total, terms)]
}

/** a - b: least where a is least and b greatest. */
export const difference: IntervalRule = (step) => {
  const { sub } = expressionsOf(step.graph)
  const [a, b] = [step.interval(0), step.interval(1)]
  return [widenBySum(step.graph, { lower: sub(a.lower, b.upper), upper: sub(a.upper, b.lower) }, [a, b])]
}

/** The hull of values at corners. */
const hull = (graph: GraphBuilder, corners: readonly string[]): Interval => ({
  lower: graph.add('Min', corners),
  upper: graph.add('Max', corners),
})

/** a b lies between the products of the ends; one factor is usually constant, and then its ends are one. */
export const multiplied = (graph: GraphBuilder, a: Interval, b: Interval): Interval => {
  const { mul } = expressionsOf(graph)
  const ends = ({ lower, upper }: Interval): string[] => (lower === upper ? [lower] : [lower, upper])
  return widenByStep(
    graph,
    hull(
      graph,
      ends(a).flatMap((left) => ends(b).map((right) => mul(left, right))),
    ),
  )
}

/** a b. */
export const times: IntervalRule = (step) => [multiplied(step.graph, step.interval(0), step.interval(1))]

/** 1 / a, where a is above zero throughout, or below; else it may be anything. */
const inverse = (graph: GraphBuilder, { lower, upper }: Interval): Interval => {
  const { mul, div, greater, where } = expressionsOf(graph)
  const isOnOneSide = greater(mul(lower, upper), 0)
  return widenByStep(graph, {
    lower: where(isOnOneSide, div(1, upper), Number.NEGATIVE_INFINITY),
    upper: where(isOnOneSide, div(1, lower), Number.POSITIVE_INFINITY),
  })
}

/** a / b. */
export const quotient: IntervalRule = (step) => [
  multiplied(step.graph, step.interval(0), inverse(step.graph, step.interval(1))),
]

/** 1 / a. */
export const reciprocal: IntervalRule = (step) => [inverse(step.graph, step.interval(0))]

/** a to a constant power: of 2, the square of |a|. */
export const power: IntervalRule = (step) => {
  const exponents = step.constant(step.input(1))
  if (exponents?.length !== 1 || exponents[0] !== 2) return { refused: 'a power other than 2' }
  // Else the exponent would give the result its shape.
  if (step.shape(step.input(1)).length > step.shape(step.input(0)).length)
    return { refused: 'an exponent of more axes than its base' }
  const [size] = absolute(step) as readonly Interval[]
  const { mul } = expressionsOf(step.graph)
  if (size === undefined) return { refused: 'no base' }
  return [widenByStep(step.graph, { lower: mul(size.lower, size.lower), upper: mul(size.upper, size.upper) })]
}

/** -a. */
export const negative: IntervalRule = (step) => {
  const { apply } = expressionsOf(step.graph)
  const { lower, upper } = step.interval(0)
  return [{ lower: apply('Neg', upper), upper: apply('Neg', lower) }]
}

/** |a|: nothing where the interval holds zero, else the nearer end. */
export const absolute: IntervalRule = (step) => {
  const { graph } = step
  const { apply } = expressionsOf(graph)
  const { lower, upper } = step.interval(0)
  return [
    {
      lower: graph.add('Max', [lower, apply('Neg', upper), graph.floats([0])]),
      upper: graph.add('Max', [apply('Abs', lower), apply('Abs', upper)]),
    },
  ]
}

/** Means and sums over places or axes: they rise with every element, and are widened by a share of their magnitudes. */
export const average: IntervalRule = (step) => {
  const { node, graph } = step
  const { mul } = expressionsOf(graph)
  const interval = step.interval(0)
  const over = (value: string): string => graph.addCopy(node, [value, ...node.input.slice(1)])
  const terms = step
    .shape(step.input(0))
    .slice(1)
    .reduce((product, dim) => product * dim, 1)
  const slack = mul(sumSlack(graph, terms), over(magnitude(graph, interval)))
  return [widen(graph, { lower: over(interval.lower), upper: over(interval.upper) }, slack)]
}
