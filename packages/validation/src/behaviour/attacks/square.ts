import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { changeBetween, copyOf, elementsOf } from './examples.ts'
import { placeInBall } from './norms.ts'
import { type AttackedModel, type AttackInputs, fooledRows, lossesOf } from './objective.ts'
import { type Picture, pictureOrLine } from './picture.ts'

/** The share of a picture that the first squares cover. */
const firstShare = 0.8

/** The share is halved at these queries of 10,000 (Andriushchenko et al. 2020, section 3.1). */
const halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]

/** The share of the picture that a square covers at a query. */
const shareAt = (query: number, queries: number): number =>
  firstShare / 2 ** halvings.filter((at) => (query / queries) * 10_000 > at).length

interface Box {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** A square; in a line or a narrow picture, where none of that size fits, a box of the same area. */
const randomBox = (picture: Picture, share: number, random: SeededRandom): Box => {
  const area = share * picture.height * picture.width
  const side = Math.max(1, Math.round(Math.sqrt(area)))
  const height = Math.min(picture.height, side)
  const width = Math.min(picture.width, height < side ? Math.round(area / height) : side)
  return {
    height,
    width,
    top: random.integer(picture.height - height + 1),
    left: random.integer(picture.width - width + 1),
  }
}

/** Fills a box of each channel of `change` with what `value` gives. */
const fillBox = (
  picture: Picture,
  change: Float64Array,
  box: Box,
  value: (channel: number, row: number, column: number) => number,
): void => {
  for (let channel = 0; channel < picture.channels; channel += 1) {
    for (let row = 0; row < box.height; row += 1) {
      for (let column = 0; column < box.width; column += 1) {
        change[picture.place(channel, box.top + row, box.left + column)] = value(channel, row, column)
      }
    }
  }
}

const signs = (count: number, random: SeededRandom): number[] =>
  Array.from({ length: count }, () => (random.uniform() < 0.5 ? -1 : 1))

/** A hill: rings of growing weight towards the middle, as the L2 squares of the paper have it; of length 1. */
const hill = (height: number, width: number): Float64Array => {
  const values = new Float64Array(height * width)
  let weight = 0
  for (let ring = 0; ring < Math.ceil(Math.min(height, width) / 2); ring += 1) {
    weight += 1 / (Math.floor(Math.min(height, width) / 2) + 1 - ring || 1) ** 2
    for (let row = ring; row < height - ring; row += 1) {
      for (let column = ring; column < width - ring; column += 1) values[row * width + column] = weight
    }
  }
  const size = Math.hypot(...values)
  return values.map((value) => value / size)
}

/** Moves budget of the L2 ball into a box: what lies in it, in another box and what is unused, as one hill with new signs. */
const moveBudget = (
  picture: Picture,
  change: Float64Array,
  radius: number,
  share: number,
  random: SeededRandom,
): void => {
  const target = randomBox(picture, share, random)
  const source = { ...randomBox(picture, share, random), height: target.height, width: target.width }
  const energyOf = (box: Box): number => {
    let energy = 0
    fillBox(picture, change, box, (channel, row, column) => {
      const value = change[picture.place(channel, box.top + row, box.left + column)] ?? 0
      energy += value * value
      return value
    })
    return energy
  }
  const total = change.reduce((sum, value) => sum + value * value, 0)
  fillBox(picture, change, source, () => 0)
  const freed = total - change.reduce((sum, value) => sum + value * value, 0)
  const budget = Math.max(0, radius * radius - total) + freed + energyOf(target)
  const shape = hill(target.height, target.width)
  const heights = signs(picture.channels, random).map((sign) => sign * Math.sqrt(budget / picture.channels))
  fillBox(
    picture,
    change,
    target,
    (channel, row, column) => (heights[channel] ?? 0) * (shape[row * target.width + column] ?? 0),
  )
}

/** Where the attack starts: stripes at the border of the ball in L-infinity, small hills all over in L2. */
const startChange = (picture: Picture, norm: 'linf' | 'l2', radius: number, random: SeededRandom): Float64Array => {
  const length = picture.channels * picture.height * picture.width
  const change = new Float64Array(length)
  const whole = { top: 0, left: 0, height: picture.height, width: picture.width }
  if (norm === 'linf') {
    const stripes = signs(picture.channels * picture.width, random)
    fillBox(picture, change, whole, (channel, _, column) => radius * (stripes[channel * picture.width + column] ?? 1))
    return change
  }
  const side = Math.max(1, Math.floor(Math.min(picture.height, picture.width) / 5))
  for (let top = 0; top + side <= picture.height; top += side) {
    for (let left = 0; left + side <= picture.width; left += side) {
      const shape = hill(side, side)
      const heights = signs(picture.channels, random)
      fillBox(picture, change, { top, left, height: side, width: side }, (channel, row, column) => {
        return (heights[channel] ?? 1) * (shape[row * side + column] ?? 0)
      })
    }
  }
  const size = Math.hypot(...change)
  return change.map((value) => (value * radius) / size)
}

/**
 * Square (Andriushchenko et al. 2020, arXiv 1912.00049): a random search that recolours squares of ever smaller size and
 * keeps what raises the margin. It asks for scores only, so a masked gradient cannot mislead it. Examples that are no
 * pictures are taken as one line.
 */
export const attackWithSquare = async (
  options: AttackInputs & {
    readonly model: AttackedModel
    readonly norm: 'linf' | 'l2'
    readonly radius: number
    readonly queries: number
    readonly random: SeededRandom
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, norm, radius, queries, random } = options
  const picture = pictureOrLine(inputs.dims)
  const bounds = { norm, radius, domain }
  const width = rowLength(inputs)
  const best = copyOf(inputs)
  const tried = copyOf(inputs)
  const losses = new Float64Array(labels.length).fill(Number.NEGATIVE_INFINITY)
  const isFooled = labels.map(() => false)
  for (let query = 0; query < queries && isFooled.includes(false); query += 1) {
    const share = shareAt(query, queries)
    labels.forEach((_, row) => {
      if (isFooled[row]) return
      const origin = elementsOf(inputs, row)
      const change =
        query === 0 ? startChange(picture, norm, radius, random) : changeBetween(elementsOf(best, row), origin)
      if (query > 0 && norm === 'linf') {
        const heights = signs(picture.channels, random)
        fillBox(picture, change, randomBox(picture, share, random), (channel) => radius * (heights[channel] ?? 1))
      }
      if (query > 0 && norm === 'l2') moveBudget(picture, change, radius, share, random)
      placeInBall(elementsOf(tried, row), origin, change, bounds)
    })
    const scores = await model.scores(tried)
    const found = fooledRows(scores, model.classes, labels)
    lossesOf('margin', scores, model.classes, labels).losses.forEach((loss, row) => {
      if (isFooled[row] || !(loss > (losses[row] ?? 0))) return
      losses[row] = loss
      isFooled[row] = found[row] ?? false
      best.data.set(elementsOf(tried, row), row * width)
    })
  }
  return best
}
