import { pictureOf } from '../attacks/picture.ts'
import type { PictureScale, PictureShape } from './corruption-description.ts'

/** A shorter side from which the constants of larger pictures hold. */
const [leastTinyImagenet, leastImagenet] = [64, 128]

/** The constants for pictures of this size: those that were published for the nearest one below twice as large. */
export const scaleOf = ({ height, width }: Pick<PictureShape, 'height' | 'width'>): PictureScale => {
  const side = Math.min(height, width)
  if (side >= leastImagenet) return 'imagenet'
  return side >= leastTinyImagenet ? 'tiny-imagenet' : 'cifar'
}

/** Sides below this are no pictures that an 8x8 block or a 9 pixel movement means anything on. */
const leastSide = 8

/** A batch of pictures: their shape, and where each element of a channel-by-channel picture stands. */
export interface PictureLayout {
  readonly shape: PictureShape
  readonly places: Int32Array
}

/** How a batch lays out its pictures, or why it is none. */
export const pictureLayout = (dims: readonly number[]): PictureLayout | string => {
  const picture = pictureOf(dims)
  if (picture === undefined) return `inputs of shape [${dims}] are no pictures`
  const { channels, height, width } = picture
  if (channels !== 1 && channels !== 3) return `expected pictures of 1 or 3 channels, found ${channels}`
  if (Math.min(height, width) < leastSide)
    return `expected pictures of ${leastSide} x ${leastSide} pixels or more, found ${width} x ${height}`
  const places = new Int32Array(channels * height * width)
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        places[(channel * height + row) * width + column] = picture.place(channel, row, column)
      }
    }
  }
  return { shape: { channels, height, width }, places }
}
