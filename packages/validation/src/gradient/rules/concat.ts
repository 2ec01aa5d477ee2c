import { integerAttribute } from '../attributes.ts'
import { frontAxis, type ReverseRule } from '../rule.ts'

/** The slope is split as the inputs were joined. */
export const reverseConcat: ReverseRule = ({ node, slope, input, output, wants, shape, graph }) => {
  const axis = frontAxis(integerAttribute(node, 'axis', 0), shape(output).length)
  const lengthAtRunTime = (name: string): string => graph.add('Shape', [name], { start: 0n, end: 1n })
  // The front axis may be the batch, whose length is known at run time only.
  const lengths =
    axis === 0
      ? graph.add('Concat', node.input.map(lengthAtRunTime), { axis: 0n })
      : graph.integers(node.input.map((_, index) => shape(input(index))[axis] ?? 0))
  const slopes = graph.addMany('Split', [slope, lengths], node.input.length, { axis: BigInt(axis) })
  return slopes.map((part, index) => (wants(index) ? part : undefined))
}
