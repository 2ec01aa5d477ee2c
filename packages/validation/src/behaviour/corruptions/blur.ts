import type { Kernel } from '@nootropic/core/manifest'
import { type FloatTensor, floatArray } from '../dataset.ts'

/** Channel counts of images: what tells [N, C, H, W] from [N, H, W, C]. */
const channelCounts = [1, 3, 4]

interface ImageLayout {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly channelsLast: boolean
}

/** How a batch lays out its images, or nothing when it is not a batch of images. */
const imageLayout = (dims: readonly number[]): ImageLayout | undefined => {
  if (dims.length !== 4) return undefined
  const [, second = 0, third = 0, fourth = 0] = dims
  return channelCounts.includes(fourth) && !channelCounts.includes(second)
    ? { height: second, width: third, channels: fourth, channelsLast: true }
    : { height: third, width: fourth, channels: second, channelsLast: false }
}

/**
 * Box blur: each pixel becomes the mean of the window around it; at the border, of that part of the window which is
 * inside the image.
 *
 * @param inputs images, [N, C, H, W] or [N, H, W, C]. Anything else cannot be blurred and gives nothing.
 */
export const corruptWithBlur = (inputs: FloatTensor, kernel: Kernel): FloatTensor | undefined => {
  const layout = imageLayout(inputs.dims)
  if (layout === undefined) return undefined
  const { height, width, channels, channelsLast } = layout
  const image = height * width * channels
  const place = (row: number, column: number, channel: number): number =>
    channelsLast ? (row * width + column) * channels + channel : (channel * height + row) * width + column
  const above = Math.floor((kernel.height - 1) / 2)
  const left = Math.floor((kernel.width - 1) / 2)
  const data = floatArray(inputs.type, inputs.data.length)
  const meanAround = (start: number, row: number, column: number, channel: number): number => {
    let sum = 0
    let count = 0
    for (let y = Math.max(0, row - above); y < Math.min(height, row - above + kernel.height); y += 1) {
      for (let x = Math.max(0, column - left); x < Math.min(width, column - left + kernel.width); x += 1) {
        sum += inputs.data[start + place(y, x, channel)] ?? 0
        count += 1
      }
    }
    return sum / count
  }
  for (let start = 0; start < data.length; start += image) {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let row = 0; row < height; row += 1) {
        for (let column = 0; column < width; column += 1) {
          data[start + place(row, column, channel)] = meanAround(start, row, column, channel)
        }
      }
    }
  }
  return { ...inputs, data }
}
