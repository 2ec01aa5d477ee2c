import type { ReverseRule } from '../rule.ts'

/** y = max(0, x): the slope passes where the output is positive; at 0 it is 0, as every framework has it. */
export const reverseRelu: ReverseRule = ({ slope, output, graph }) => {
  const zero = graph.floats([0])
  return [graph.add('Where', [graph.add('Greater', [output, zero]), slope, zero])]
}
