import { integerAttribute } from '../attributes.ts'
import { frontAxis, type ReverseRule } from '../rule.ts'

/** Each input gets its own slice of the slope. */
export const reverseConcat: ReverseRule = ({ node, slope, input, output, wants, shape, graph }) => {
  const axis = frontAxis(integerAttribute(node, 'axis', 0), shape(output).length)
  if (axis === 0) return { refused: 'the batch axis' }
  let start = 0
  return node.input.map((_, index) => {
    const end = start + (shape(input(index))[axis] ?? 0)
    const bounds = [[start], [end], [axis]].map((values) => graph.integers(values))
    start = end
    return wants(index) ? graph.add('Slice', [slope, ...bounds]) : undefined
  })
}
