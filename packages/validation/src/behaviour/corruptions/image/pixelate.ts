import type { ExampleChange, PictureShape } from '../corruption-description.ts'

/** The elements of a line whose mean an element of the shrunk line is: from `first` on, before `end`. */
interface Blocks {
  readonly first: Int32Array
  readonly end: Int32Array
}

/**
 * The elements whose middle lies in the block, its upper border included. Where a middle is on a border rounding decides, so
 * this is computed in the order in which the library computes that made the published pictures (Pillow's box filter).
 */
const blocksOf = (length: number, shrunk: number): Blocks => {
  const scale = length / shrunk
  const inverse = 1 / scale
  const blocks = { first: new Int32Array(shrunk), end: new Int32Array(shrunk) }
  for (let index = 0; index < shrunk; index += 1) {
    const middle = (index + 0.5) * scale
    const offset = (element: number): number => (element - middle + 0.5) * inverse
    let first = Math.max(0, Math.floor(middle - 0.5 * scale + 0.5))
    let end = Math.min(length, Math.floor(middle + 0.5 * scale + 0.5))
    if (offset(first) <= -0.5) first += 1
    if (offset(end - 1) > 0.5) end -= 1
    blocks.first[index] = first
    blocks.end[index] = end
  }
  return blocks
}

/** For each element of a line the element of the shrunk line that is nearest. */
const nearest = (length: number, shrunk: number): Int32Array => {
  const scale = shrunk / length
  return Int32Array.from({ length }, (_, index) => Math.min(shrunk - 1, Math.floor((index + 0.5) * scale)))
}

/** Fewer pixels: each becomes the mean of a block, `share` of them in each direction are left. */
export const pixelate = ({ channels, height, width }: PictureShape, share: number): ExampleChange => {
  const [rows, columns] = [Math.max(1, Math.floor(height * share)), Math.max(1, Math.floor(width * share))]
  const [rowBlocks, columnBlocks] = [blocksOf(height, rows), blocksOf(width, columns)]
  const [fromRow, fromColumn] = [nearest(height, rows), nearest(width, columns)]
  const small = new Float64Array(rows * columns)
  const length = height * width
  return (planes) => {
    for (let start = 0; start < channels * length; start += length) {
      for (let row = 0; row < rows; row += 1) {
        const [top = 0, bottom = 0] = [rowBlocks.first[row], rowBlocks.end[row]]
        for (let column = 0; column < columns; column += 1) {
          const [left = 0, right = 0] = [columnBlocks.first[column], columnBlocks.end[column]]
          let sum = 0
          for (let y = top; y < bottom; y += 1) {
            for (let x = left; x < right; x += 1) sum += planes[start + y * width + x] ?? 0
          }
          small[row * columns + column] = sum / ((bottom - top) * (right - left))
        }
      }
      for (let row = 0; row < height; row += 1) {
        const from = (fromRow[row] ?? 0) * columns
        for (let column = 0; column < width; column += 1) {
          planes[start + row * width + column] = small[from + (fromColumn[column] ?? 0)] ?? 0
        }
      }
    }
  }
}
