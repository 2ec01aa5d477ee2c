import { integerAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

/** y = running sums of x: running sums of the slope, from the other end. */
export const reverseCumSum: ReverseRule = ({ node, slope, input, graph }) => [
  graph.add('CumSum', [slope, input(1)], {
    exclusive: BigInt(integerAttribute(node, 'exclusive', 0)),
    reverse: BigInt(1 - integerAttribute(node, 'reverse', 0)),
  }),
]
