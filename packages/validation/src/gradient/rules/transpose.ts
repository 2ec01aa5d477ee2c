import { integersAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

/** The slope goes back by the inverse permutation; without `perm` the axes are reversed, which undoes itself. */
export const reverseTranspose: ReverseRule = ({ node, slope, graph }) => {
  const order = integersAttribute(node, 'perm')
  if (order === undefined) return [graph.add('Transpose', [slope])]
  const inverse = order.map((_, axis) => BigInt(order.indexOf(axis)))
  return [graph.add('Transpose', [slope], { perm: inverse })]
}
