import type { ReverseRule } from '../rule.ts'

/** y = a + b: the slope goes to both, summed where an operand was broadcast. */
export const reverseAdd: ReverseRule = ({ slope, input, output, wants, shape, graph }) =>
  [0, 1].map((index) => (wants(index) ? graph.sumToShape(slope, shape(output), shape(input(index))) : undefined))
