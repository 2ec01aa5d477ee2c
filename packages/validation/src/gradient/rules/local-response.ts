import { floatAttribute, integerAttribute } from '../attributes.ts'
import { expressionsOf } from '../expressions.ts'
import type { ReverseRule } from '../rule.ts'

/**
 * y = x s^-beta with s = bias + alpha / size * sum of x² over neighbouring channels (Krizhevsky et al. 2012). The sum is a
 * matrix of bands over the channels, and the way back takes its transpose.
 */
export const reverseLocalResponse: ReverseRule = ({ node, slope, input, shape, graph }) => {
  const [, channels = 1, ...space] = shape(input(0))
  const size = integerAttribute(node, 'size', 1)
  const [alpha, beta, bias] = [
    floatAttribute(node, 'alpha', 1e-4),
    floatAttribute(node, 'beta', 0.75),
    floatAttribute(node, 'bias', 1),
  ]
  const before = Math.floor((size - 1) / 2)
  const isNear = (from: number, to: number): boolean => to - from >= -before && to - from < size - before
  const bands = graph.floats(
    Array.from({ length: channels * channels }, (_, place) =>
      isNear(Math.floor(place / channels), place % channels) ? 1 : 0,
    ),
    [channels, channels],
  )
  const { add, sub, mul, div, square } = expressionsOf(graph)
  const rows = (value: string): string => graph.add('Reshape', [value, graph.integers([0, channels, -1])])
  const [x, given] = [rows(input(0)), rows(slope)]
  const sums = add(mul(graph.add('MatMul', [bands, square(x)]), alpha / size), bias)
  const scaled = mul(given, graph.add('Pow', [sums, graph.floats([-beta])]))
  const shared = graph.add('MatMul', [graph.add('Transpose', [bands], { perm: [1n, 0n] }), div(mul(scaled, x), sums)])
  const result = sub(scaled, mul(x, shared, (2 * alpha * beta) / size))
  return [space.length === 1 ? result : graph.reshapeLike(result, input(0))]
}
