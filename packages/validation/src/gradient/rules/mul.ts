import { expressionsOf } from '../expressions.ts'
import { operatorName } from '../graph-names.ts'
import type { ReverseRule, ReverseStep } from '../rule.ts'

/** Which operand is the sigmoid of the other, if either is. */
const gateOf = ({ input, producer }: ReverseStep): number | undefined =>
  [0, 1].find((place) => {
    const gate = producer(input(place))
    return gate !== undefined && operatorName(gate) === 'Sigmoid' && gate.input[0] === input(1 - place)
  })

/**
 * y = a * b: each operand's slope is scaled by the other.
 *
 * y = x s with s = sigmoid(x), as most exporters write SiLU (Elfwing et al. 2017), is taken as one: dx = dy (s + y (1 - s))
 * is two passes over memory fewer than the way through both operands. The sigmoid then has no slope from here.
 */
export const reverseMul: ReverseRule = (step) => {
  const { slope, input, output, wants, shape, graph } = step
  const gate = gateOf(step)
  if (gate !== undefined) {
    const { add, sub, mul } = expressionsOf(graph)
    const derivative = add(mul(output, sub(1, input(gate))), input(gate))
    return [0, 1].map((index) => (index === gate ? undefined : mul(derivative, slope)))
  }
  return [0, 1].map((index) =>
    wants(index)
      ? graph.sumToShape(graph.add('Mul', [slope, input(1 - index)]), shape(output), shape(input(index)))
      : undefined,
  )
}
