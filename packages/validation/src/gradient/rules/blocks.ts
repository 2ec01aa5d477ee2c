import { integerAttribute, textAttribute } from '../attributes.ts'
import type { ReverseRule } from '../rule.ts'

/** Channels become blocks of space: the other way round, in the order of channels that the node's mode says. */
export const reverseDepthToSpace: ReverseRule = ({ node, slope, input, shape, graph }) => {
  const size = integerAttribute(node, 'blocksize', 1)
  if (textAttribute(node, 'mode', 'DCR') === 'DCR')
    return [graph.add('SpaceToDepth', [slope], { blocksize: BigInt(size) })]
  const [, channels = 1, height = 1, width = 1] = shape(input(0))
  const blocks = graph.integers([-1, channels / size ** 2, height, size, width, size])
  const apart = graph.add('Transpose', [graph.add('Reshape', [slope, blocks])], { perm: [0n, 1n, 3n, 5n, 2n, 4n] })
  return [graph.reshapeLike(apart, input(0))]
}

/** Blocks of space become channels: the other way round. */
export const reverseSpaceToDepth: ReverseRule = ({ node, slope, graph }) => [
  graph.add('DepthToSpace', [slope], { blocksize: BigInt(integerAttribute(node, 'blocksize', 1)) }),
]
