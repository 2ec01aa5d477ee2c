import { integerAttribute } from '../attributes.ts'
import { zerosLike } from '../filled.ts'
import type { ReverseRule } from '../rule.ts'

/** The parts' slopes side by side again; a part that the loss does not depend on has zeros. */
export const reverseSplit: ReverseRule = ({ node, slopeOf, graph }) => {
  const parts = node.output.map((name, index) => slopeOf(index) ?? zerosLike(graph, name))
  return [graph.add('Concat', parts, { axis: BigInt(integerAttribute(node, 'axis', 0)) })]
}
