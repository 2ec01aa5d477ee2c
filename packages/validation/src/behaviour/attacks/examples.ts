import { type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import type { Elements } from './norms.ts'

/** The elements of one example, in place. */
export const elementsOf = (tensor: FloatTensor, row: number): Elements => {
  const width = rowLength(tensor)
  return tensor.data.subarray(row * width, (row + 1) * width)
}

/** Part of a row-major array with `width` values a row, copied as float64. */
export const rowOf = (values: ArrayLike<number>, row: number, width: number): Float64Array => {
  const part = new Float64Array(width)
  for (let index = 0; index < width; index += 1) part[index] = values[row * width + index] ?? 0
  return part
}

/** A tensor of its own with the same elements. */
export const copyOf = (tensor: FloatTensor): FloatTensor => {
  const data = floatArray(tensor.type, tensor.data.length)
  data.set(tensor.data)
  return { ...tensor, data }
}

/** What moves one example by `change` from `origin`: `example` less `origin`. */
export const changeBetween = (example: ArrayLike<number>, origin: ArrayLike<number>): Float64Array => {
  const change = new Float64Array(example.length)
  for (let index = 0; index < change.length; index += 1) change[index] = (example[index] ?? 0) - (origin[index] ?? 0)
  return change
}
