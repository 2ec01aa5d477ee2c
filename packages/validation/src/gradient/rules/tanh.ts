import type { ReverseRule } from '../rule.ts'

/** y = tanh(x): dx = dy (1 - y²). */
export const reverseTanh: ReverseRule = ({ slope, output, graph }) => {
  const square = graph.add('Mul', [output, output])
  return [graph.add('Mul', [slope, graph.add('Sub', [graph.floats([1]), square])])]
}
