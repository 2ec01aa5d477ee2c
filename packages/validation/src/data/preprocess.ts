import { elementCount } from '@nootropic/core'
import type { ChannelNormalisation, FloatTensor } from '../behaviour/dataset.ts'
import type { PictureLayout } from './declaration.ts'
import { unfit } from './refusals.ts'

/** Brings pictures of one layout to the other, in place. Answers the new shape of one. */
export const transposeChannels = (
  path: string,
  data: FloatTensor['data'],
  shape: readonly number[],
  to: PictureLayout,
): readonly number[] => {
  const [first, second, third] = shape
  if (first === undefined || second === undefined || third === undefined || shape.length !== 3)
    throw unfit(path, 'hold pictures of three dimensions', `the shape [${shape}]`, 'leave fileLayout out')
  const [height, width, channels] = to === 'nchw' ? [first, second, third] : [second, third, first]
  const picture = data.slice(0, elementCount(shape))
  for (let start = 0; start < data.length; start += picture.length) {
    picture.set(data.subarray(start, start + picture.length))
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const last = pixel * channels + channel
        const early = channel * height * width + pixel
        const [from, place] = to === 'nchw' ? [last, early] : [early, last]
        data[start + place] = picture[from] ?? Number.NaN
      }
    }
  }
  return to === 'nchw' ? [channels, height, width] : [height, width, channels]
}

/** Maps values linearly from one range to another, in place. The ends of the one become those of the other exactly. */
export const scaleValues = (
  data: FloatTensor['data'],
  from: readonly [number, number],
  to: readonly [number, number],
): void => {
  if (from[0] === to[0] && from[1] === to[1]) return
  const width = from[1] - from[0]
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? Number.NaN
    data[index] = (to[0] * (from[1] - value) + to[1] * (value - from[0])) / width
  }
}

/** The bounds of a channel after it was normalised. */
const boundsAfter = (domain: readonly [number, number], mean: number, deviation: number): [number, number] => [
  (domain[0] - mean) / deviation,
  (domain[1] - mean) / deviation,
]

/** Normalises each channel, in place. Answers the domain after it, and where channels differ, how they do. */
export const normaliseChannels = (
  path: string,
  data: FloatTensor['data'],
  shape: readonly number[],
  options: {
    readonly mean: readonly number[]
    readonly deviation: readonly number[]
    readonly layout: PictureLayout
    readonly domain: readonly [number, number]
  },
): { readonly domain: readonly [number, number]; readonly normalisation?: ChannelNormalisation } => {
  const { mean, deviation, layout, domain } = options
  const axis = shape.length === 3 && layout === 'nhwc' ? 2 : 0
  const channels = mean.length
  if (channels > 1 && shape[axis] !== channels)
    throw unfit(
      path,
      `have the ${channels} channels that preprocessing.normalise has means for`,
      `${shape[axis] ?? 'none'} in the shape [${shape}]`,
      'give as many means as there are channels, or one for all',
    )
  const stride = elementCount(shape.slice(axis + 1))
  for (let index = 0; index < data.length; index += 1) {
    const channel = Math.floor(index / stride) % channels
    data[index] = ((data[index] ?? Number.NaN) - (mean[channel] ?? 0)) / (deviation[channel] ?? Number.NaN)
  }
  // Stored in the elements' own precision, a value at a bound may round beyond it.
  const round = (value: number): number => (data instanceof Float32Array ? Math.fround(value) : value)
  const bounds = mean.map((value, channel) => boundsAfter(domain, value, deviation[channel] ?? Number.NaN))
  const widest = [
    Math.min(...bounds.map(([least]) => round(least))),
    Math.max(...bounds.map(([, greatest]) => round(greatest))),
  ] as const
  const isUniform = bounds.every((bound) => bound.join() === bounds[0]?.join())
  return {
    domain: widest,
    ...(isUniform ? {} : { normalisation: { axis: axis + 1, mean, deviation, domain } }),
  }
}
