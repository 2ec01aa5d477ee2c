import type { ReverseRule } from '../rule.ts'

/** y = 1 / (1 + exp(-x)): dx = dy y (1 - y). */
export const reverseSigmoid: ReverseRule = ({ slope, output, graph }) => {
  const rest = graph.add('Sub', [graph.floats([1]), output])
  return [graph.add('Mul', [slope, graph.add('Mul', [output, rest])])]
}
