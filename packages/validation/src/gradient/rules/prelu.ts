import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/** y = x where x is positive, else a x, where a is broadcast: at 0 the slope is a's, as PyTorch has it. */
export const reversePRelu: ReverseRule = ({ slope, input, output, wants, shape, graph }) => {
  const { mul, greater, where } = expressionsOf(graph)
  const isPositive = greater(input(0), 0)
  return [
    wants(0) ? where(isPositive, slope, mul(slope, input(1))) : undefined,
    wants(1) ? graph.sumToShape(where(isPositive, 0, mul(slope, input(0))), shape(output), shape(input(1))) : undefined,
  ]
}
