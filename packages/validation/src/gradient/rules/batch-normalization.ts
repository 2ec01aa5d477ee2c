import { floatAttribute, integerAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

/** With fixed statistics, y = scale (x - mean) / sqrt(variance + epsilon) + bias is linear in x, channel by channel. */
export const reverseBatchNormalization: ReverseRule = ({ node, slope, input, shape, wants, graph }) => {
  if (integerAttribute(node, 'training_mode', 0) !== 0) return { refused: 'a training mode' }
  if ([1, 2, 3, 4].some(wants)) return { refused: 'statistics that depend on the input' }
  const variance = graph.add('Add', [input(4), graph.floats([floatAttribute(node, 'epsilon', 1e-5)])])
  const factor = graph.add('Div', [input(1), graph.add('Sqrt', [variance])])
  const perChannel = graph.integers([
    1,
    -1,
    ...shape(input(0))
      .slice(2)
      .map(() => 1),
  ])
  return [graph.add('Mul', [slope, graph.add('Reshape', [factor, perChannel])])]
}
