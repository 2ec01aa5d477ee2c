import type { Dataset, FloatTensor } from '../behaviour/dataset.ts'
import type { Picture } from './attack-figures.ts'

/** Sides above this are sampled: a report shows what an example looks like, not each of its pixels. */
const greatestSide = 32

type Layout = { readonly channels: number; readonly height: number; readonly width: number; readonly isLast: boolean }

const layoutOf = (dims: readonly number[]): Layout | undefined => {
  const [, first = 0, second = 0, third = 0] = dims
  if (dims.length === 3) return { channels: 1, height: first, width: second, isLast: false }
  if (dims.length === 4 && (first === 1 || first === 3))
    return { channels: first, height: second, width: third, isLast: false }
  if (dims.length === 4 && (third === 1 || third === 3))
    return { channels: third, height: first, width: second, isLast: true }
  // Rows of pixels without their shape, as classifiers of digits take them.
  const side = Math.sqrt(first)
  return dims.length === 2 && Number.isInteger(side) && side >= 8
    ? { channels: 1, height: side, width: side, isLast: false }
    : undefined
}

/** The example at `row` as a small picture; nothing where its shape is no picture's. */
export const pictureOf = (
  tensor: FloatTensor,
  row: number,
  [least, greatest]: Dataset['domain'],
): Picture | undefined => {
  const layout = layoutOf(tensor.dims)
  if (layout === undefined || Math.min(layout.width, layout.height) < 1) return undefined
  const { channels, height, width, isLast } = layout
  const step = Math.max(1, Math.ceil(Math.max(width, height) / greatestSide))
  const start = row * channels * height * width
  const pixels: number[] = []
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < channels; channel += 1) {
        const place = isLast ? (y * width + x) * channels + channel : (channel * height + y) * width + x
        const value = ((tensor.data[start + place] ?? least) - least) / (greatest - least)
        pixels.push(Math.round(255 * Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0))))
      }
    }
  }
  return {
    width: Math.ceil(width / step),
    height: Math.ceil(height / step),
    channels: channels === 3 ? 3 : 1,
    pixels,
  }
}
