import { elementCount } from '@nootropic/core'
import { type FloatTensor, floatArray } from './dataset.ts'

/** Elements of one example. */
export const rowLength = (tensor: FloatTensor): number => elementCount(tensor.dims.slice(1))

/** The examples at `rows`, copied, in that order. */
export const takeRows = (tensor: FloatTensor, rows: readonly number[]): FloatTensor => {
  const length = rowLength(tensor)
  const data = floatArray(tensor.type, rows.length * length)
  rows.forEach((row, place) => {
    data.set(tensor.data.subarray(row * length, (row + 1) * length), place * length)
  })
  return { type: tensor.type, dims: [rows.length, ...tensor.dims.slice(1)], data }
}

/** The whole numbers from 0 to `count` - 1. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** How many examples a model takes at once. */
export interface BatchSize {
  readonly rows: number
  /** Whether the model takes exactly so many. */
  readonly isFixed: boolean
}

/**
 * Does `work` on batches of `tensor`'s examples and joins what it gives, example by example. For a model that fixes the
 * number of examples the last batch is filled up by repeating its last one.
 */
export const inBatches = async (
  tensor: FloatTensor,
  batch: BatchSize,
  work: (inputs: FloatTensor, rows: readonly number[]) => Promise<ArrayLike<number>>,
): Promise<Float64Array> => {
  const total = tensor.dims[0] ?? 0
  let joined = new Float64Array(0)
  for (let start = 0; start < total; start += batch.rows) {
    const wanted = Math.min(batch.rows, total - start)
    const rows = range(batch.isFixed ? batch.rows : wanted).map((offset) => Math.min(start + offset, total - 1))
    const values = await work(takeRows(tensor, rows), rows)
    const width = values.length / rows.length
    if (start === 0) joined = new Float64Array(total * width)
    for (let index = 0; index < wanted * width; index += 1) {
      joined[start * width + index] = values[index] ?? Number.NaN
    }
  }
  return joined
}
