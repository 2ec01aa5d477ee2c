import type { BytePlane } from './compress-plane.ts'

/** Multipliers of 16 bits between red, green, blue and brightness, two colour differences (JFIF). */
const fixed = (value: number): number => Math.round(value * 65536)
const half = 32768
const [yRed, yGreen, yBlue] = [fixed(0.299), fixed(0.587), fixed(0.114)]
const [cbRed, cbGreen] = [fixed(0.16874), fixed(0.33126)]
const [crGreen, crBlue] = [fixed(0.41869), fixed(0.08131)]
const [redCr, greenCb, greenCr, blueCb] = [fixed(1.402), fixed(0.34414), fixed(0.71414), fixed(1.772)]

/** The middle of a colour difference, rounded down. */
const middle = (128 << 16) + half - 1

const clamped = (value: number): number => Math.min(255, Math.max(0, value))

/** From three planes of red, green and blue to brightness and two colour differences, in place. */
export const toDifferences = (red: Uint8Array, green: Uint8Array, blue: Uint8Array): void => {
  for (let place = 0; place < red.length; place += 1) {
    const [r = 0, g = 0, b = 0] = [red[place], green[place], blue[place]]
    red[place] = (yRed * r + yGreen * g + yBlue * b + half) >> 16
    green[place] = (half * b - cbRed * r - cbGreen * g + middle) >> 16
    blue[place] = (half * r - crGreen * g - crBlue * b + middle) >> 16
  }
}

/** And back, in place. */
export const toColours = (y: Uint8Array, cb: Uint8Array, cr: Uint8Array): void => {
  for (let place = 0; place < y.length; place += 1) {
    const [luma = 0, b = 0, r = 0] = [y[place], (cb[place] ?? 0) - 128, (cr[place] ?? 0) - 128]
    y[place] = clamped(luma + ((redCr * r + half) >> 16))
    cb[place] = clamped(luma + ((half - greenCb * b - greenCr * r) >> 16))
    cr[place] = clamped(luma + ((blueCb * b + half) >> 16))
  }
}

/** Half as many rows and columns: the mean of four, rounded up in every second column only. */
export const halved = ({ height, width, data }: BytePlane): BytePlane => {
  const small = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) }
  // Whole blocks of columns: the last column is repeated before means are taken, rows only after.
  const columns = Math.ceil(small.width / 8) * 8
  const result = new Uint8Array(small.height * columns)
  for (let row = 0; row < small.height; row += 1) {
    const upper = 2 * row * width
    const lower = Math.min(height - 1, 2 * row + 1) * width
    for (let column = 0; column < columns; column += 1) {
      const [left, right] = [Math.min(width - 1, 2 * column), Math.min(width - 1, 2 * column + 1)]
      const sum =
        (data[upper + left] ?? 0) + (data[upper + right] ?? 0) + (data[lower + left] ?? 0) + (data[lower + right] ?? 0)
      result[row * columns + column] = (sum + 1 + (column & 1)) >> 2
    }
  }
  return { height: small.height, width: columns, data: result }
}

/**
 * Twice as many rows and columns: each element is nine sixteenths of the nearest small one, three of the two beside and one
 * of the one across. Only `columns` of the small plane count; of two columns or fewer each is just repeated.
 */
export const doubled = (small: BytePlane, columns: number, { height, width, data }: BytePlane): void => {
  const sums = new Int32Array(columns)
  for (let row = 0; row < height; row += 1) {
    const near = row >> 1
    const far = Math.min(small.height - 1, Math.max(0, near + (row & 1 ? 1 : -1)))
    for (let column = 0; column < columns; column += 1) {
      const value = small.data[near * small.width + column] ?? 0
      sums[column] = columns > 2 ? 3 * value + (small.data[far * small.width + column] ?? 0) : 4 * value
    }
    for (let column = 0; column < width; column += 1) {
      const isRight = (column & 1) === 1
      const here = sums[column >> 1] ?? 0
      const beside = columns > 2 ? (sums[(column >> 1) + (isRight ? 1 : -1)] ?? here) : here
      data[row * width + column] = (3 * here + beside + (isRight ? 7 : 8)) >> 4
    }
  }
}
