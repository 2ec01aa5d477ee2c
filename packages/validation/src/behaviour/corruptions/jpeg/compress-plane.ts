import { forwardTransform, inverseTransform } from './cosine-transform.ts'

/** Whole numbers from 0 to 255, row-major. */
export interface BytePlane {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

const middle = 128

/** What is left of a plane after its 8x8 blocks were transformed, quantised with `steps` and transformed back, in place. */
export const compressPlane = ({ height, width, data }: BytePlane, steps: Int32Array): void => {
  const block = new Int32Array(64)
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let place = 0; place < 64; place += 1) {
        // Beyond the border the last row and column are repeated.
        const row = Math.min(height - 1, top + (place >> 3))
        const column = Math.min(width - 1, left + (place & 7))
        block[place] = (data[row * width + column] ?? 0) - middle
      }
      forwardTransform(block)
      for (let place = 0; place < 64; place += 1) {
        const coefficient = block[place] ?? 0
        const step = steps[place] ?? 1
        const levels = Math.floor((Math.abs(coefficient) + step * 4) / (step * 8))
        block[place] = (coefficient < 0 ? -levels : levels) * step
      }
      inverseTransform(block)
      const [rows, columns] = [Math.min(8, height - top), Math.min(8, width - left)]
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const sample = (block[row * 8 + column] ?? 0) + middle
          data[(top + row) * width + left + column] = Math.min(255, Math.max(0, sample))
        }
      }
    }
  }
}
