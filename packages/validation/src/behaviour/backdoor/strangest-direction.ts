import type { SeededRandom } from '@nootropic/core'
import { range } from '../rows.ts'

/** A row of numbers. */
export type Row = Float64Array

const powerRounds = 60

/** How much of the mean variance every direction is taken to have at least: a unit that never moves would be infinitely strange. */
const ridge = 0.01

const dot = (left: Row, right: Row): number => left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)

/** Rows less their mean. */
export const centre = (rows: readonly Row[]): Row[] => {
  const mean = new Float64Array(rows[0]?.length ?? 0)
  for (const row of rows) {
    for (let index = 0; index < mean.length; index += 1) {
      mean[index] = (mean[index] ?? 0) + (row[index] ?? 0) / rows.length
    }
  }
  return rows.map((row) => row.map((value, index) => value - (mean[index] ?? 0)))
}

/** The lower triangle L with L L' = the covariance of centred rows, a little raised on the diagonal (Cholesky). */
const covarianceRoot = (rows: readonly Row[], width: number): Row[] => {
  const root = range(width).map(() => new Float64Array(width))
  for (const row of rows) {
    for (let first = 0; first < width; first += 1) {
      const line = root[first] as Row
      const value = (row[first] ?? 0) / rows.length
      if (value === 0) continue
      for (let second = 0; second <= first; second += 1) line[second] = (line[second] ?? 0) + value * (row[second] ?? 0)
    }
  }
  const trace = root.reduce((sum, line, index) => sum + (line[index] ?? 0), 0)
  root.forEach((line, index) => {
    line[index] = (line[index] ?? 0) + (ridge * trace) / width + Number.EPSILON
  })
  for (let first = 0; first < width; first += 1) {
    const line = root[first] as Row
    for (let second = 0; second <= first; second += 1) {
      const other = root[second] as Row
      let value = line[second] ?? 0
      for (let index = 0; index < second; index += 1) value -= (line[index] ?? 0) * (other[index] ?? 0)
      line[second] = first === second ? Math.sqrt(Math.max(value, Number.MIN_VALUE)) : value / (other[second] ?? 1)
    }
  }
  return root
}

/** The x of L L' x = b. */
const solve = (root: readonly Row[], right: Row): Row => {
  const solution = Float64Array.from(right)
  for (let place = 0; place < solution.length; place += 1) {
    let value = solution[place] ?? 0
    for (let index = 0; index < place; index += 1) value -= (root[place]?.[index] ?? 0) * (solution[index] ?? 0)
    solution[place] = value / (root[place]?.[place] ?? 1)
  }
  for (let place = solution.length - 1; place >= 0; place -= 1) {
    let value = solution[place] ?? 0
    for (let index = place + 1; index < solution.length; index += 1) {
      value -= (root[index]?.[place] ?? 0) * (solution[index] ?? 0)
    }
    solution[place] = value / (root[place]?.[place] ?? 1)
  }
  return solution
}

/**
 * Where `rows` lie along the direction in which they vary most beside how much `others` do; both centred. A trigger moves
 * the examples of one class in a way in which those of no other class move.
 */
export const alongStrangestDirection = (
  rows: readonly Row[],
  others: readonly Row[],
  random: SeededRandom,
): Float64Array => {
  const width = rows[0]?.length ?? 0
  const root = covarianceRoot(others, width)
  let axis: Row = Float64Array.from({ length: width }, () => random.normal())
  for (let round = 0; round < powerRounds; round += 1) {
    const moved = new Float64Array(width)
    for (const row of rows) {
      const along = dot(row, axis)
      for (let index = 0; index < width; index += 1) moved[index] = (moved[index] ?? 0) + along * (row[index] ?? 0)
    }
    const next = solve(root, moved)
    const length = Math.sqrt(dot(next, next))
    if (!(length > 0)) break
    axis = next.map((value) => value / length)
  }
  return Float64Array.from(rows, (row) => dot(row, axis))
}
