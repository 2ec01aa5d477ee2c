import type { ReverseRule } from '../rule.ts'

/** y = a / b: da = dy / b, db = -dy y / b. */
export const reverseDiv: ReverseRule = ({ slope, input, output, wants, shape, graph }) => {
  const scaled = graph.add('Div', [slope, input(1)])
  return [
    wants(0) ? graph.sumToShape(scaled, shape(output), shape(input(0))) : undefined,
    wants(1)
      ? graph.sumToShape(graph.add('Neg', [graph.add('Mul', [scaled, output])]), shape(output), shape(input(1)))
      : undefined,
  ]
}
