import { integerAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

/** y = x on one side of a diagonal, 0 on the other. */
export const reverseTrilu: ReverseRule = ({ node, slope, graph }) => [
  graph.add('Trilu', [slope, ...node.input.slice(1)], { upper: BigInt(integerAttribute(node, 'upper', 1)) }),
]
