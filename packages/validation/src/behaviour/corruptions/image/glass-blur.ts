import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { gaussianFilter, onEachPlane } from './separable-filter.ts'

/** Gaussian blur. */
export const gaussianBlur = ({ channels, ...size }: PictureShape, deviation: number): ExampleChange =>
  onEachPlane(channels, gaussianFilter(size, deviation, 'nearest', 4))

/**
 * Seen through frosted glass: each pixel takes the colour of one that lies `reach` away at most. The paper speaks of pixels
 * that change places; the program that made the published pictures exchanges views of one array, which copies, and so does
 * this. Truly exchanged, pixels would drift through the whole picture.
 */
export const glassBlur = (shape: PictureShape, deviation: number, reach: number, iterations: number): ExampleChange => {
  const { channels, height, width } = shape
  const blur = gaussianBlur(shape, deviation)
  const size = height * width
  return (planes, random) => {
    blur(planes, random)
    for (let index = 0; index < planes.length; index += 1) planes[index] = Math.floor((planes[index] ?? 0) * 255) / 255
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      for (let row = height - reach; row > reach; row -= 1) {
        for (let column = width - reach; column > reach; column -= 1) {
          const here = row * width + column
          const there = (row + random.integer(2 * reach) - reach) * width + column + random.integer(2 * reach) - reach
          for (let channel = 0; channel < channels; channel += 1) {
            planes[channel * size + here] = planes[channel * size + there] ?? 0
          }
        }
      }
    }
    blur(planes, random)
  }
}
