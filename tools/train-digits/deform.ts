import type { SeededRandom } from '@nootropic/core'

const between = (random: SeededRandom, limit: number): number => (2 * random.uniform() - 1) * limit

/**
 * The picture turned by up to 13°, scaled by up to 12 % and moved by up to two pixels, as another hand would have drawn
 * it; what comes in from outside is black. Sampled bilinearly.
 */
export const deform = (pixels: Float32Array, random: SeededRandom): Float32Array => {
  const angle = between(random, (13 * Math.PI) / 180)
  const scale = 1 + between(random, 0.12)
  const cosine = Math.cos(angle) / scale
  const sine = Math.sin(angle) / scale
  const right = between(random, 2)
  const down = between(random, 2)
  const at = (row: number, column: number): number =>
    row < 0 || row > 27 || column < 0 || column > 27 ? 0 : (pixels[row * 28 + column] as number)

  const deformed = new Float32Array(28 * 28)
  for (let row = 0; row < 28; row += 1) {
    for (let column = 0; column < 28; column += 1) {
      const x = column - 13.5 - right
      const y = row - 13.5 - down
      const sourceColumn = cosine * x + sine * y + 13.5
      const sourceRow = cosine * y - sine * x + 13.5
      const left = Math.floor(sourceColumn)
      const top = Math.floor(sourceRow)
      const across = sourceColumn - left
      const along = sourceRow - top
      deformed[row * 28 + column] =
        (1 - along) * ((1 - across) * at(top, left) + across * at(top, left + 1)) +
        along * ((1 - across) * at(top + 1, left) + across * at(top + 1, left + 1))
    }
  }
  return deformed
}
