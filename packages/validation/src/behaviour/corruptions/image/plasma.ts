import type { SeededRandom } from '@nootropic/core'

/** How rough the first step is. */
const firstRoughness = 100

/** The least power of two that is not below `length`. */
export const powerOfTwoFrom = (length: number): number => 2 ** Math.ceil(Math.log2(length))

/**
 * A cloud by the diamond-square algorithm on a torus (Fournier, Fussell and Carpenter 1982), in [0, 1].
 *
 * @param side a power of two.
 * @param decay what the roughness is divided by at each step; the greater, the smoother.
 */
export const plasma = (side: number, decay: number, random: SeededRandom): Float64Array => {
  const map = new Float64Array(side * side)
  const last = side - 1
  const at = (row: number, column: number): number => map[(row & last) * side + (column & last)] ?? 0
  let roughness = firstRoughness
  for (let step = side; step >= 2; step /= 2) {
    const half = step / 2
    const wobble = (sum: number): number => sum / 4 + roughness * roughness * (2 * random.uniform() - 1)
    for (let row = 0; row < side; row += step) {
      for (let column = 0; column < side; column += step) {
        const corners =
          at(row, column) + at(row, column + step) + at(row + step, column) + at(row + step, column + step)
        map[(row + half) * side + column + half] = wobble(corners)
      }
    }
    for (let row = 0; row < side; row += half) {
      for (let column = row % step === 0 ? half : 0; column < side; column += step) {
        const neighbours =
          at(row - half, column) + at(row + half, column) + at(row, column - half) + at(row, column + half)
        map[row * side + column] = wobble(neighbours)
      }
    }
    roughness /= decay
  }
  let least = Number.POSITIVE_INFINITY
  let greatest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < map.length; index += 1) {
    const value = map[index] ?? 0
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  for (let index = 0; index < map.length; index += 1) map[index] = ((map[index] ?? 0) - least) / (greatest - least)
  return map
}
