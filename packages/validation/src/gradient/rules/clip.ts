import type { ReverseRule } from '../rule.ts'

/** y = x between the bounds: the slope passes where clipping changed nothing. */
export const reverseClip: ReverseRule = ({ slope, input, output, graph }) => {
  const isUnchanged = graph.add('Equal', [input(0), output])
  return [graph.add('Where', [isUnchanged, slope, graph.floats([0])])]
}
