import type { FloatTensor } from '../../behaviour/dataset.ts'
import { rowLength } from '../../behaviour/rows.ts'

/** Examples as rows of numbers. */
export interface Features {
  readonly rows: number
  readonly width: number
  /** Row-major. */
  readonly values: Float64Array
}

/** Elements of an example that a student sees: a larger one would make training quadratic in patience, not in insight. */
const widestFeatures = 1024

/** The elements of each example; of a large one 1,024 at equal distances. */
export const featuresOf = (inputs: FloatTensor): Features => {
  const length = rowLength(inputs)
  const width = Math.min(length, widestFeatures)
  const rows = inputs.dims[0] ?? 0
  const values = new Float64Array(rows * width)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      values[row * width + column] = inputs.data[row * length + Math.floor((column * length) / width)] ?? Number.NaN
    }
  }
  return { rows, width, values }
}

/** The examples at `chosen`, copied, in that order. */
export const takeFeatures = ({ width, values }: Features, chosen: readonly number[]): Features => {
  const taken = new Float64Array(chosen.length * width)
  chosen.forEach((row, place) => {
    taken.set(values.subarray(row * width, (row + 1) * width), place * width)
  })
  return { rows: chosen.length, width, values: taken }
}

/** One row of `classes` numbers an example: 1 at its label, else 0. */
export const oneHot = (labels: readonly number[], classes: number): Float64Array => {
  const targets = new Float64Array(labels.length * classes)
  labels.forEach((label, row) => {
    targets[row * classes + label] = 1
  })
  return targets
}
