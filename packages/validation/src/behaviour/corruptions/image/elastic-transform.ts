import type { SeededRandom } from '@nootropic/core'
import type { ExampleChange, PictureShape } from '../corruption-description.ts'
import { type Boundary, inside } from './boundary.ts'
import { gaussianFilter } from './separable-filter.ts'

type Size = Pick<PictureShape, 'height' | 'width'>
type Point = readonly [x: number, y: number]

/** x' = a x + b y + c and y' = d x + e y + f. */
type Affine = readonly [number, number, number, number, number, number]

/** The affine map that takes three points to three others (Cramer's rule). */
export const affineBetween = (from: readonly [Point, Point, Point], to: readonly [Point, Point, Point]): Affine => {
  const [[x1, y1], [x2, y2], [x3, y3]] = from
  const determinant = x1 * (y2 - y3) + x2 * (y3 - y1) + x3 * (y1 - y2)
  const row = (v1: number, v2: number, v3: number): [number, number, number] => [
    (v1 * (y2 - y3) + v2 * (y3 - y1) + v3 * (y1 - y2)) / determinant,
    (x1 * (v2 - v3) + x2 * (v3 - v1) + x3 * (v1 - v2)) / determinant,
    (x1 * (y2 * v3 - y3 * v2) + x2 * (y3 * v1 - y1 * v3) + x3 * (y1 * v2 - y2 * v1)) / determinant,
  ]
  return [...row(to[0][0], to[1][0], to[2][0]), ...row(to[0][1], to[1][1], to[2][1])]
}

/** Moves every channel: the element at each place comes from (`rows`, `columns`), between elements linearly. */
const createWarp = ({ channels, height, width }: PictureShape, boundary: Boundary) => {
  const length = height * width
  const warped = new Float64Array(channels * length)
  return (planes: Float64Array, rows: Float64Array, columns: Float64Array): void => {
    for (let place = 0; place < length; place += 1) {
      const [row = 0, column = 0] = [rows[place], columns[place]]
      const [top, left] = [Math.floor(row), Math.floor(column)]
      const [down, right] = [row - top, column - left]
      const above = inside(top, height, boundary) * width
      const below = inside(top + 1, height, boundary) * width
      const before = inside(left, width, boundary)
      const after = inside(left + 1, width, boundary)
      for (let start = 0; start < channels * length; start += length) {
        const upper = (1 - right) * (planes[start + above + before] ?? 0) + right * (planes[start + above + after] ?? 0)
        const lower = (1 - right) * (planes[start + below + before] ?? 0) + right * (planes[start + below + after] ?? 0)
        warped[start + place] = (1 - down) * upper + down * lower
      }
    }
    planes.set(warped)
  }
}

/** Three corners of a square in the middle, and the same corners moved by up to `reach`. */
const movedCorners = ({ height, width }: Size, reach: number, random: SeededRandom): Affine => {
  const [x, y, side] = [Math.floor(width / 2), Math.floor(height / 2), Math.floor(Math.min(height, width) / 3)]
  const corners: readonly [Point, Point, Point] = [
    [x + side, y + side],
    [x + side, y - side],
    [x - side, y - side],
  ]
  const move = ([left, top]: Point): Point => [
    left + reach * (2 * random.uniform() - 1),
    top + reach * (2 * random.uniform() - 1),
  ]
  const moved: readonly [Point, Point, Point] = [move(corners[0]), move(corners[1]), move(corners[2])]
  // What is wanted is where each element comes from: the map back.
  return affineBetween(moved, corners)
}

/**
 * Stretches the picture: an affine map of three random corners, then a smooth random displacement.
 *
 * @param amount of the displacement, `smoothness` its deviation and `reach` how far corners move, all as shares of the
 *   shorter side.
 */
export const elasticTransform = (
  shape: PictureShape,
  amount: number,
  smoothness: number,
  reach: number,
): ExampleChange => {
  const { height, width } = shape
  const side = Math.min(height, width)
  const length = height * width
  const warpAffine = createWarp(shape, 'mirror')
  const warpElastic = createWarp(shape, 'reflect')
  const smooth = gaussianFilter(shape, smoothness * side, 'reflect', 3)
  const [rows, columns] = [new Float64Array(length), new Float64Array(length)]
  const displace = (field: Float64Array, random: SeededRandom): void => {
    for (let place = 0; place < length; place += 1) field[place] = 2 * random.uniform() - 1
    smooth(field)
  }
  return (planes, random) => {
    const [a, b, c, d, e, f] = movedCorners(shape, reach * side, random)
    for (let place = 0; place < length; place += 1) {
      const y = Math.floor(place / width)
      const x = place - y * width
      columns[place] = a * x + b * y + c
      rows[place] = d * x + e * y + f
    }
    warpAffine(planes, rows, columns)
    if (amount === 0) return
    displace(columns, random)
    displace(rows, random)
    for (let place = 0; place < length; place += 1) {
      const y = Math.floor(place / width)
      columns[place] = place - y * width + amount * side * (columns[place] ?? 0)
      rows[place] = y + amount * side * (rows[place] ?? 0)
    }
    warpElastic(planes, rows, columns)
  }
}
