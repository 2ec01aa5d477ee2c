import { floatAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

/** y = x for x >= 0, alpha x below. */
export const reverseLeakyRelu: ReverseRule = ({ node, slope, input, graph }) => {
  const isPositive = graph.add('Greater', [input(0), graph.floats([0])])
  const scaled = graph.add('Mul', [slope, graph.floats([floatAttribute(node, 'alpha', 0.01)])])
  return [graph.add('Where', [isPositive, slope, scaled])]
}
