import type { GraphBuilder } from './graph-builder.ts'

/** The identity matrix of `size` rows as a picture of one channel, constant. */
export const identityPicture = (graph: GraphBuilder, size: number): string =>
  graph.floats(
    Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0)),
    [1, 1, size, size],
  )

/**
 * Takes the slope of a value that was made by a matrix along one axis back through it.
 *
 * @param matrix `[before, after]`: what each element before adds to each one after.
 */
export const backAlongAxis = (
  graph: GraphBuilder,
  slope: string,
  place: { readonly axis: number; readonly rank: number },
  matrix: string,
): string => {
  const { axis, rank } = place
  if (axis === rank - 2) return graph.add('MatMul', [matrix, slope])
  const turned = graph.add('Transpose', [matrix], { perm: [1n, 0n] })
  if (axis === rank - 1) return graph.add('MatMul', [slope, turned])
  const axes = Array.from({ length: rank }, (_, index) => index)
  const last = axes.filter((index) => index !== axis)
  const order = [...last, axis]
  const moved = graph.add('MatMul', [graph.add('Transpose', [slope], { perm: order.map(BigInt) }), turned])
  return graph.add('Transpose', [moved], { perm: axes.map((index) => BigInt(order.indexOf(index))) })
}
