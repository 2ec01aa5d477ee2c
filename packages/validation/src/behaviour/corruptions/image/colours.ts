import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { lumaOf } from './luma.ts'

/** Every channel's elements drawn to their mean. */
export const contrast =
  ({ channels }: PictureShape, kept: number): ExampleChange =>
  (planes) => {
    const length = planes.length / channels
    for (let start = 0; start < planes.length; start += length) {
      let sum = 0
      for (let place = start; place < start + length; place += 1) sum += planes[place] ?? 0
      const mean = sum / length
      for (let place = start; place < start + length; place += 1) {
        planes[place] = ((planes[place] ?? 0) - mean) * kept + mean
      }
    }
  }

/**
 * A higher value in the sense of hue, saturation and value. Hue and saturation stay as they are when all three channels
 * are multiplied alike.
 */
export const brightness =
  ({ channels }: PictureShape, more: number): ExampleChange =>
  (planes) => {
    const length = planes.length / channels
    for (let place = 0; place < length; place += 1) {
      let value = 0
      for (let channel = 0; channel < channels; channel += 1) {
        value = Math.max(value, planes[channel * length + place] ?? 0)
      }
      const brighter = Math.min(1, value + more)
      for (let channel = 0; channel < channels; channel += 1) {
        const element = planes[channel * length + place] ?? 0
        planes[channel * length + place] = value === 0 ? brighter : (element / value) * brighter
      }
    }
  }

/** The saturation times `factor`, and `more`. A colour moves away from its greatest channel in proportion to it. */
export const saturate = ({ channels }: PictureShape, factor: number, more: number): ExampleChange => {
  const change = (red: number, green: number, blue: number, write: (r: number, g: number, b: number) => void): void => {
    const value = Math.max(red, green, blue)
    const saturation = value === 0 ? 0 : (value - Math.min(red, green, blue)) / value
    const changed = Math.min(1, Math.max(0, saturation * factor + more))
    // Grey has no hue; the conversion of the original gives it that of red.
    if (saturation === 0) write(value, value * (1 - changed), value * (1 - changed))
    else {
      const ratio = changed / saturation
      write(value - (value - red) * ratio, value - (value - green) * ratio, value - (value - blue) * ratio)
    }
  }
  return (planes) => {
    const length = planes.length / channels
    for (let place = 0; place < length; place += 1) {
      const first = planes[place] ?? 0
      if (channels === 1) {
        change(first, first, first, (red, green, blue) => {
          planes[place] = lumaOf(red, green, blue)
        })
      } else {
        change(first, planes[length + place] ?? 0, planes[2 * length + place] ?? 0, (red, green, blue) => {
          planes[place] = red
          planes[length + place] = green
          planes[2 * length + place] = blue
        })
      }
    }
  }
}
