import type { ReverseRule } from '../rule.ts'

/** y = a - b. */
export const reverseSub: ReverseRule = ({ slope, input, output, wants, shape, graph }) => [
  wants(0) ? graph.sumToShape(slope, shape(output), shape(input(0))) : undefined,
  wants(1) ? graph.sumToShape(graph.add('Neg', [slope]), shape(output), shape(input(1))) : undefined,
]
