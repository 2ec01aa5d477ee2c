import type { ReverseRule } from '../rule.ts'

/** y = a * b: each operand's slope is scaled by the other. */
export const reverseMul: ReverseRule = ({ slope, input, output, wants, shape, graph }) =>
  [0, 1].map((index) =>
    wants(index)
      ? graph.sumToShape(graph.add('Mul', [slope, input(1 - index)]), shape(output), shape(input(index)))
      : undefined,
  )
