import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/** y = a + b + …: the slope goes to all, summed where an operand was broadcast. */
export const reverseSum: ReverseRule = ({ node, slope, input, output, wants, shape, graph }) =>
  node.input.map((_, index) => (wants(index) ? graph.sumToShape(slope, shape(output), shape(input(index))) : undefined))

/** y = (a + b + …) / n. */
export const reverseMean: ReverseRule = (step) =>
  reverseSum({ ...step, slope: expressionsOf(step.graph).div(step.slope, step.node.input.length) })

/** y = max or min of a, b, …: the operands that reach it share the slope equally, as PyTorch has it. */
export const reverseExtreme: ReverseRule = ({ node, slope, input, output, wants, shape, graph }) => {
  const { add, mul, div, equal, where } = expressionsOf(graph)
  const reached = node.input.map((_, index) => where(equal(input(index), output), 1, 0))
  const share = div(slope, add(...reached))
  return reached.map((isReached, index) =>
    wants(index) ? graph.sumToShape(mul(isReached, share), shape(output), shape(input(index))) : undefined,
  )
}
