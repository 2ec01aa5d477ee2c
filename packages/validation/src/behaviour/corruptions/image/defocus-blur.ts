import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { paddedPlaces } from './boundary.ts'
import { gaussianKernel, onEachPlane, separableFilter } from './separable-filter.ts'

/** The disk is drawn on this many pixels to each side at least. */
const leastReach = 8

/** Weights of the light that one out-of-focus point spreads over, with how far it reaches; row-major, a square. */
const diskKernel = (radius: number, softness: number): { readonly weights: Float64Array; readonly reach: number } => {
  const reach = Math.max(leastReach, radius)
  const side = 2 * reach + 1
  const weights = new Float64Array(side * side)
  let count = 0
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      if (x * x + y * y > radius * radius) continue
      weights[(y + reach) * side + x + reach] = 1
      count += 1
    }
  }
  const soft = gaussianKernel(softness, (radius <= leastReach ? 1 : 2) / softness)
  separableFilter({ height: side, width: side }, soft, 'mirror')(weights)
  return { weights: weights.map((weight) => weight / count), reach }
}

interface Tap {
  readonly row: number
  readonly column: number
  readonly weight: number
}

/** Light out of focus: each point becomes a disk with a soft rim. */
export const defocusBlur = (
  { channels, height, width }: PictureShape,
  radius: number,
  softness: number,
): ExampleChange => {
  const { weights, reach } = diskKernel(radius, softness)
  const side = 2 * reach + 1
  const taps: Tap[] = []
  weights.forEach((weight, place) => {
    // Both offsets are counted from the padded border.
    if (weight > 0) taps.push({ row: Math.floor(place / side), column: place % side, weight })
  })
  const rows = paddedPlaces(height, reach, 'mirror')
  const columns = paddedPlaces(width, reach, 'mirror')
  const blurred = new Float64Array(height * width)
  return onEachPlane(channels, (plane) => {
    blurred.fill(0)
    for (const tap of taps) {
      for (let row = 0; row < height; row += 1) {
        const from = (rows[row + tap.row] ?? 0) * width
        const to = row * width
        for (let column = 0; column < width; column += 1) {
          const value = plane[from + (columns[column + tap.column] ?? 0)] ?? 0
          blurred[to + column] = (blurred[to + column] ?? 0) + tap.weight * value
        }
      }
    }
    plane.set(blurred)
  })
}
