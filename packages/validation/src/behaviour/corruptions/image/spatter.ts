import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { paddedPlaces } from './boundary.ts'
import { cannyEdges, distanceToEdges } from './edges.ts'
import { inChannels } from './luma.ts'
import { gaussianFilter, type PlaneFilter, separableFilter } from './separable-filter.ts'

const water = [175 / 255, 238 / 255, 238 / 255] as const
const mud = [63 / 255, 42 / 255, 20 / 255] as const

/** Slopes of |across| + |down| between which an edge of the water is followed, in 255ths. */
const [lowEdge, highEdge] = [50, 150]

/** From here on light on water no longer depends on how far its edge is, in pixels. */
const farthest = 20

/** Below this share the mud is dry. */
const leastMud = 0.8

/** Light from the upper left on the slope of water. */
const relief = [-2, -1, 0, -1, 1, 1, 0, 1, 2]

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)))

/** Spreads whole numbers of 0 to 255 so that each range holds as many. */
const equalise = (plane: Float64Array): void => {
  const counts = new Float64Array(256)
  for (const value of plane) counts[value] = (counts[value] ?? 0) + 1
  const first = counts.findIndex((count) => count > 0)
  const rest = plane.length - (counts[first] ?? 0)
  if (rest === 0) return
  const table = new Float64Array(256)
  let sum = 0
  for (let value = first + 1; value < 256; value += 1) {
    sum += counts[value] ?? 0
    table[value] = toByte((sum * 255) / rest)
  }
  for (let place = 0; place < plane.length; place += 1) plane[place] = table[plane[place] ?? 0] ?? 0
}

/** Correlates with {@link relief}. */
const createRelief = ({ height, width }: PictureShape): PlaneFilter => {
  const rows = paddedPlaces(height, 1, 'mirror')
  const columns = paddedPlaces(width, 1, 'mirror')
  return (plane) => {
    const source = plane.slice()
    for (let place = 0; place < plane.length; place += 1) {
      const row = Math.floor(place / width)
      const column = place - row * width
      let sum = 0
      for (let tap = 0; tap < relief.length; tap += 1) {
        const from = (rows[row + Math.floor(tap / 3)] ?? 0) * width + (columns[column + (tap % 3)] ?? 0)
        sum += (relief[tap] ?? 0) * (source[from] ?? 0)
      }
      plane[place] = toByte(sum)
    }
  }
}

/** How much light the drops of water throw, from 0 to 1: most on the slopes near their edges. */
const createShine = (shape: PictureShape): PlaneFilter => {
  const mean = separableFilter(shape, new Float64Array(3).fill(1 / 3), 'mirror')
  const emboss = createRelief(shape)
  return (layer) => {
    for (let place = 0; place < layer.length; place += 1) layer[place] = Math.floor((layer[place] ?? 0) * 255)
    const light = distanceToEdges(cannyEdges(layer, shape, lowEdge, highEdge), shape, farthest)
    mean(light)
    for (let place = 0; place < light.length; place += 1) light[place] = Math.floor(light[place] ?? 0)
    equalise(light)
    emboss(light)
    mean(light)
    let greatest = 0
    for (let place = 0; place < layer.length; place += 1) {
      layer[place] = (layer[place] ?? 0) * Math.round(light[place] ?? 0)
      greatest = Math.max(greatest, layer[place] ?? 0)
    }
    for (let place = 0; place < layer.length; place += 1) {
      layer[place] = greatest === 0 ? 0 : (layer[place] ?? 0) / greatest
    }
  }
}

/** Drops of water, or mud, on the lens. */
export const spatter = (
  shape: PictureShape,
  [mean = 0, deviation = 0, smoothness = 1, threshold = 0, amount = 1, isMud = 0]: readonly number[],
): ExampleChange => {
  const { channels } = shape
  const length = shape.height * shape.width
  const layer = new Float64Array(length)
  const smooth = gaussianFilter(shape, smoothness, 'nearest', 4)
  const soften = gaussianFilter(shape, amount, 'nearest', 4)
  const shine = createShine(shape)
  const colour = inChannels(channels, isMud === 1 ? mud : water)
  return (planes, random) => {
    for (let place = 0; place < length; place += 1) layer[place] = mean + deviation * random.normal()
    smooth(layer)
    for (let place = 0; place < length; place += 1) {
      const depth = layer[place] ?? 0
      layer[place] = depth <= threshold ? 0 : isMud === 1 ? 1 : Math.min(1, depth)
    }
    if (isMud === 1) soften(layer)
    else shine(layer)
    for (let channel = 0; channel < channels; channel += 1) {
      const tint = colour[channel] ?? 0
      for (let place = 0; place < length; place += 1) {
        const depth = layer[place] ?? 0
        const value = planes[channel * length + place] ?? 0
        if (isMud === 0) planes[channel * length + place] = value + amount * depth * tint
        else if (depth >= leastMud) planes[channel * length + place] = value * (1 - depth) + tint * depth
      }
    }
  }
}
