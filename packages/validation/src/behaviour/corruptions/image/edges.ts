import type { PictureShape } from '../corruption-description.ts'

type Size = Pick<PictureShape, 'height' | 'width'>

/** tan(22.5°) and tan(67.5°): where the direction of a slope turns to the next of four. */
const flat = Math.SQRT2 - 1
const steep = Math.SQRT2 + 1

/** Slopes by Sobel's operator, the border repeated. */
const sobel = (plane: ArrayLike<number>, { height, width }: Size) => {
  const [across, down] = [new Float64Array(height * width), new Float64Array(height * width)]
  const at = (row: number, column: number): number =>
    plane[Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))] ?? 0
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const falling = at(row + 1, column + 1) - at(row - 1, column - 1)
      const rising = at(row - 1, column + 1) - at(row + 1, column - 1)
      across[row * width + column] = falling + rising + 2 * (at(row, column + 1) - at(row, column - 1))
      down[row * width + column] = falling - rising + 2 * (at(row + 1, column) - at(row - 1, column))
    }
  }
  return { across, down }
}

/** Grows the edges from `strong` places through `weak` neighbours. */
const followEdges = (strength: Uint8Array, { height, width }: Size): void => {
  const open: number[] = []
  strength.forEach((value, place) => {
    if (value === 2) open.push(place)
  })
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const row = Math.floor(place / width)
    const column = place - row * width
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
        if (strength[y * width + x] !== 1) continue
        strength[y * width + x] = 2
        open.push(y * width + x)
      }
    }
  }
}

/** The edges of a plane by Canny (1986): 1 on an edge, 0 elsewhere. `low` and `high` bound |across| + |down|. */
export const cannyEdges = (plane: ArrayLike<number>, size: Size, low: number, high: number): Uint8Array => {
  const { height, width } = size
  const { across, down } = sobel(plane, size)
  const steepness = (row: number, column: number): number => {
    if (row < 0 || column < 0 || row >= height || column >= width) return 0
    return Math.abs(across[row * width + column] ?? 0) + Math.abs(down[row * width + column] ?? 0)
  }
  const strength = new Uint8Array(height * width)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = across[row * width + column] ?? 0
      const y = down[row * width + column] ?? 0
      const value = Math.abs(x) + Math.abs(y)
      if (value <= low) continue
      const isFlat = Math.abs(y) < Math.abs(x) * flat
      const isSteep = Math.abs(y) > Math.abs(x) * steep
      const right = isSteep ? 0 : 1
      const below = isFlat ? 0 : isSteep || x * y >= 0 ? 1 : -1
      // Of two equal neighbours along the slope the first is the edge; along a diagonal neither is.
      const before = steepness(row - below, column - right)
      const after = steepness(row + below, column + right)
      const isCrest = value > before && (isFlat || isSteep ? value >= after : value > after)
      if (isCrest) strength[row * width + column] = value > high ? 2 : 1
    }
  }
  followEdges(strength, size)
  return strength.map((value) => (value === 2 ? 1 : 0))
}

/** Steps to a neighbour, to a diagonal one, and of a knight: what approximates the Euclidean distance (Borgefors 1986). */
const [straightStep, diagonalStep, knightStep] = [1, 1.4, 2.1969]

const steps: readonly (readonly [rows: number, columns: number, cost: number])[] = [
  [0, -1, straightStep],
  [-1, 0, straightStep],
  [-1, -1, diagonalStep],
  [-1, 1, diagonalStep],
  [-1, -2, knightStep],
  [-1, 2, knightStep],
  [-2, -1, knightStep],
  [-2, 1, knightStep],
]

/** The longest step leads so far. */
const margin = 2

/** How far each place lies from the nearest edge, `most` at most. */
export const distanceToEdges = (edges: Uint8Array, { height, width }: Size, most: number): Float64Array => {
  const stride = width + 2 * margin
  const framed = new Float64Array((height + 2 * margin) * stride).fill(most)
  const placeOf = (row: number, column: number): number => (row + margin) * stride + column + margin
  for (let place = 0; place < edges.length; place += 1) {
    if (edges[place] === 1) framed[placeOf(Math.floor(place / width), place % width)] = 0
  }
  const offsets = Int32Array.from(steps, ([rows, columns]) => rows * stride + columns)
  const costs = Float64Array.from(steps, ([, , cost]) => cost)
  const shorten = (place: number, direction: 1 | -1): void => {
    let least = framed[place] ?? most
    for (let step = 0; step < offsets.length; step += 1) {
      const other = (framed[place + direction * (offsets[step] ?? 0)] ?? most) + (costs[step] ?? 0)
      if (other < least) least = other
    }
    framed[place] = least
  }
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) shorten(placeOf(row, column), 1)
  }
  for (let row = height - 1; row >= 0; row -= 1) {
    for (let column = width - 1; column >= 0; column -= 1) shorten(placeOf(row, column), -1)
  }
  return Float64Array.from(edges, (_, place) => framed[placeOf(Math.floor(place / width), place % width)] ?? most)
}
