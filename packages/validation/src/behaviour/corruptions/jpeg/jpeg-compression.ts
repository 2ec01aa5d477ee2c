import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { doubled, halved, toColours, toDifferences } from './colour-planes.ts'
import { compressPlane } from './compress-plane.ts'
import { quantisation } from './quantisation.ts'

/**
 * What a picture is after it was kept as a JPEG file: all that loses, and none of the coding that does not. Colour
 * differences are kept at half the resolution, as is usual. Equal to libjpeg with its accurate integer transform.
 *
 * @param quality from 1 to 100.
 */
export const jpegCompression = ({ channels, height, width }: PictureShape, quality: number): ExampleChange => {
  const luminance = quantisation('luminance', quality)
  const chrominance = quantisation('chrominance', quality)
  const length = height * width
  const bytes = new Uint8Array(channels * length)
  const plane = (channel: number) => ({
    height,
    width,
    data: bytes.subarray(channel * length, (channel + 1) * length),
  })
  return (planes) => {
    for (let place = 0; place < bytes.length; place += 1) bytes[place] = Math.round((planes[place] ?? 0) * 255)
    if (channels === 3) toDifferences(plane(0).data, plane(1).data, plane(2).data)
    compressPlane(plane(0), luminance)
    for (let channel = 1; channel < channels; channel += 1) {
      const small = halved(plane(channel))
      compressPlane(small, chrominance)
      doubled(small, Math.ceil(width / 2), plane(channel))
    }
    if (channels === 3) toColours(plane(0).data, plane(1).data, plane(2).data)
    for (let place = 0; place < bytes.length; place += 1) planes[place] = (bytes[place] ?? 0) / 255
  }
}
