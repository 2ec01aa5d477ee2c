import type { Kernel } from '@nootropic/core/manifest'
import { pictureOf } from '../attacks/picture.ts'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'

/** Means of the part of a window of `size` elements that is inside the line, around each element. */
const averageLine = (line: Float64Array, means: Float64Array, size: number): void => {
  const before = Math.floor((size - 1) / 2)
  for (let index = 0; index < line.length; index += 1) {
    const first = Math.max(0, index - before)
    const end = Math.min(line.length, index - before + size)
    let sum = 0
    for (let place = first; place < end; place += 1) sum += line[place] ?? 0
    means[index] = sum / (end - first)
  }
}

/**
 * Box blur: each pixel becomes the mean of the window around it; at the border, of that part of the window which is
 * inside the image.
 *
 * @param inputs images, [N, C, H, W], [N, H, W, C] or [N, H, W]. Anything else cannot be blurred and gives nothing.
 */
export const corruptWithBlur = (inputs: FloatTensor, kernel: Kernel): FloatTensor | undefined => {
  const picture = pictureOf(inputs.dims)
  if (picture === undefined) return undefined
  const { channels, height, width, place } = picture
  const data = floatArray(inputs.type, inputs.data.length)
  const image = rowLength(inputs)
  const [row, rowMeans] = [new Float64Array(width), new Float64Array(width)]
  const [column, columnMeans] = [new Float64Array(height), new Float64Array(height)]
  const between = new Float64Array(height * width)
  for (let start = 0; start < data.length; start += image) {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) row[x] = inputs.data[start + place(channel, y, x)] ?? 0
        averageLine(row, rowMeans, kernel.width)
        between.set(rowMeans, y * width)
      }
      for (let x = 0; x < width; x += 1) {
        for (let y = 0; y < height; y += 1) column[y] = between[y * width + x] ?? 0
        averageLine(column, columnMeans, kernel.height)
        for (let y = 0; y < height; y += 1) data[start + place(channel, y, x)] = columnMeans[y] ?? 0
      }
    }
  }
  return { ...inputs, data }
}
