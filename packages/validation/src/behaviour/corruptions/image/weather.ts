import { createSeededRandom } from '@nootropic/core'
import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { inChannels, lumaOf } from './luma.ts'
import { createMotion, motionKernel } from './motion-blur.ts'
import { plasma, powerOfTwoFrom } from './plasma.ts'
import { createZoom } from './zoom-blur.ts'

/** Fog: a cloud as bright as the brightest element is laid over the picture. */
export const fog = ({ height, width }: PictureShape, amount: number, decay: number): ExampleChange => {
  const side = powerOfTwoFrom(Math.max(height, width))
  return (planes, random) => {
    const cloud = plasma(side, decay, random)
    let greatest = 0
    for (let index = 0; index < planes.length; index += 1) greatest = Math.max(greatest, planes[index] ?? 0)
    for (let place = 0; place < planes.length; place += 1) {
      const inPlane = place % (height * width)
      const row = Math.floor(inPlane / width)
      const density = cloud[row * side + inPlane - row * width] ?? 0
      planes[place] = (((planes[place] ?? 0) + amount * density) * greatest) / (greatest + amount)
    }
  }
}

/** Snow that falls in a direction between -135 and -45 degrees, on a picture that is whitened. */
export const snow = (
  { channels, ...size }: PictureShape,
  [mean = 0, deviation = 0, zoom = 1, threshold = 0, radius = 0, spread = 1, kept = 1]: readonly number[],
): ExampleChange => {
  const length = size.height * size.width
  const enlarge = createZoom(size, zoom)
  const move = createMotion(size, motionKernel(radius, spread))
  const flakes = new Float64Array(length)
  const layer = new Float64Array(length)
  return (planes, random) => {
    for (let place = 0; place < length; place += 1) flakes[place] = mean + deviation * random.normal()
    layer.fill(0)
    enlarge(flakes, layer)
    for (let place = 0; place < length; place += 1) {
      const flake = layer[place] ?? 0
      layer[place] = flake < threshold ? 0 : Math.floor(Math.min(1, flake) * 255) / 255
    }
    move(layer, -135 + 90 * random.uniform())
    for (let place = 0; place < length; place += 1) {
      const grey =
        channels === 1
          ? (planes[place] ?? 0)
          : lumaOf(planes[place] ?? 0, planes[length + place] ?? 0, planes[2 * length + place] ?? 0)
      const white = grey * 1.5 + 0.5
      const falling = (layer[place] ?? 0) + (layer[length - 1 - place] ?? 0)
      for (let channel = 0; channel < channels; channel += 1) {
        const value = planes[channel * length + place] ?? 0
        planes[channel * length + place] = kept * value + (1 - kept) * Math.max(value, white) + falling
      }
    }
  }
}

/** The colour of ice. */
const iceColour = [0.86, 0.94, 1] as const

/** The texture is the same in every run; which part of it is seen is drawn. */
const frostSeed = 0x1ce

/** How smooth the ice is, and its crystals. */
const iceDecay = 2
const crystalDecay = 1.5

/** How much smaller crystals are than the ice that they grow in. */
const crystalScale = 4

/** How sharp crystals are. */
const crystalSharpness = 3

/** Ice: a cloud, with crystals along the places where a finer cloud crosses its own middle, brighter where ice is thick. */
const frostTexture = (side: number): Float64Array => {
  const random = createSeededRandom(frostSeed)
  const ice = plasma(side, iceDecay, random)
  const period = side / crystalScale
  // It has no seams: its border continues on the other side.
  const crystals = plasma(period, crystalDecay, random)
  return ice.map((depth, place) => {
    const row = Math.floor(place / side) % period
    const ridge = 1 - Math.abs(2 * (crystals[row * period + (place % period)] ?? 0) - 1)
    return Math.min(1, 0.7 * depth + 0.8 * (0.4 + depth) * ridge ** crystalSharpness)
  })
}

/**
 * Frost on the lens. The original lays parts of six photographs over the picture; this is a texture of our own with the same
 * weights, so figures are not those of the published data set.
 */
export const frost = ({ channels, height, width }: PictureShape, kept: number, amount: number): ExampleChange => {
  const side = 2 * powerOfTwoFrom(Math.max(height, width))
  const texture = frostTexture(side)
  const colour = inChannels(channels, iceColour)
  const length = height * width
  return (planes, random) => {
    const top = random.integer(side - height + 1)
    const left = random.integer(side - width + 1)
    for (let channel = 0; channel < channels; channel += 1) {
      const tint = amount * (colour[channel] ?? 0)
      for (let row = 0; row < height; row += 1) {
        const from = (top + row) * side + left
        const to = channel * length + row * width
        for (let column = 0; column < width; column += 1) {
          planes[to + column] = kept * (planes[to + column] ?? 0) + tint * (texture[from + column] ?? 0)
        }
      }
    }
  }
}
