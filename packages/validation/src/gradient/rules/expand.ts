import type { ReverseRule } from '../rule.ts'

/** y = x, repeated along axes: the slopes of all copies are summed. */
export const reverseExpand: ReverseRule = ({ slope, input, output, wants, shape, graph }) => [
  wants(0) ? graph.sumToShape(slope, shape(output), shape(input(0))) : undefined,
]
