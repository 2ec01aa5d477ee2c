import { integerAttribute } from '../../../gradient/attributes.ts'
import { expressionsOf } from '../../../gradient/expressions.ts'
import { frontAxis } from '../../../gradient/rule.ts'
import type { IntervalRule } from '../interval-rule.ts'
import { widenByApproximation } from '../rounding.ts'

/** Keeps quotients finite; probabilities are bounded to 1 beside it. */
const leastDenominator = 1e-30

/** A difference of sums is off by a share of the sums: one part in a million is more than a thousand classes round. */
const cancellation = 1e-6

/**
 * The probability of a class is least where its score is least and all others are greatest, and the other way round. The
 * others' sum is the sum of all less its own part; where that cancels, the sum is taken larger or smaller by more than
 * the difference may be off.
 */
export const softmax: IntervalRule = (step) => {
  const { node, graph } = step
  const { add, sub, mul, div, apply, greater, where } = expressionsOf(graph)
  const shape = step.shape(step.input(0))
  const axis = frontAxis(integerAttribute(node, 'axis', -1), shape.length)
  const { lower, upper } = step.interval(0)
  const highest = graph.greatest(upper, [axis])
  const least = apply('Exp', sub(lower, highest))
  const greatest = apply('Exp', sub(upper, highest))
  const total = (value: string): string => graph.sum(value, [axis], true)
  const sumOfGreatest = total(greatest)
  const sumOfLeast = total(least)
  const othersAtMost = add(sub(sumOfGreatest, greatest), mul(cancellation, sumOfGreatest))
  const othersAtLeast = graph.add('Max', [
    sub(sub(sumOfLeast, least), mul(cancellation, sumOfLeast)),
    graph.floats([0]),
  ])
  const { lower: leastShare, upper: greatestShare } = widenByApproximation(graph, {
    lower: div(least, add(least, othersAtMost, leastDenominator)),
    upper: graph.add('Min', [
      div(add(greatest, leastDenominator), add(greatest, othersAtLeast, leastDenominator)),
      graph.floats([1]),
    ]),
  })
  // A score without a bound might be no number, and then none of its row is.
  const isBounded = greater(Number.POSITIVE_INFINITY, graph.greatest(sub(upper, lower), [axis]))
  return [
    {
      lower: where(isBounded, leastShare, Number.NEGATIVE_INFINITY),
      upper: where(isBounded, greatestShare, Number.POSITIVE_INFINITY),
    },
  ]
}
