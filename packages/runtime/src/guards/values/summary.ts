import type { Tensor } from '@nootropic/core'
import { chunkLength, exampleCount, readElements } from './elements.ts'

/** Blocks that an example is divided into, in order: where its weight lies. Fewer when it has fewer elements. */
export const mostBlocks = 64

// Elements of a block that are read: of an example of more than a million, the first part of each block. A profile is
// statistics anyway, and 64 MiB must not hold up the event loop.
const mostOfBlock = 2 * chunkLength

/** What a summary says of an example as a whole, ahead of its blocks' means. */
export const moments = ['mean', 'deviation', 'minimum', 'maximum', 'zeros', 'roughness'] as const

interface Sums {
  sum: number
  squares: number
  minimum: number
  maximum: number
  zeros: number
  steps: number
  previous: number
}

const add = (sums: Sums, chunk: Float64Array, count: number): void => {
  // Variables of the loop alone are kept in registers.
  let [sum, squares, zeros, steps] = [0, 0, 0, 0]
  let { minimum, maximum, previous } = sums
  for (let index = 0; index < count; index += 1) {
    const value = chunk[index] as number
    sum += value
    squares += value * value
    steps += Math.abs(value - previous)
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
    if (value === 0) zeros += 1
    previous = value
  }
  sums.sum += sum
  sums.squares += squares
  sums.zeros += zeros
  sums.steps += steps
  sums.minimum = minimum
  sums.maximum = maximum
  sums.previous = previous
}

const summarise = (tensor: Tensor, from: number, length: number, scratch: Float64Array): Float64Array => {
  const blocks = Math.min(mostBlocks, length)
  const summary = new Float64Array(moments.length + blocks)
  readElements(tensor, from, 1, scratch)
  const previous = scratch[0] as number
  const sums: Sums = { sum: 0, squares: 0, minimum: Infinity, maximum: -Infinity, zeros: 0, steps: 0, previous }
  let read = 0
  for (let block = 0; block < blocks; block += 1) {
    const start = Math.floor((block * length) / blocks)
    const end = Math.min(Math.floor(((block + 1) * length) / blocks), start + mostOfBlock)
    const before = sums.sum
    for (let first = start; first < end; first += chunkLength) {
      const count = Math.min(chunkLength, end - first)
      readElements(tensor, from + first, count, scratch)
      add(sums, scratch, count)
    }
    summary[moments.length + block] = (sums.sum - before) / (end - start)
    read += end - start
  }
  const mean = sums.sum / read
  const deviation = Math.sqrt(Math.max(0, sums.squares / read - mean * mean))
  summary.set([mean, deviation, sums.minimum, sums.maximum, sums.zeros / read, sums.steps / read])
  return summary
}

/** The summary of each example of a tensor. */
export const summariseExamples = (tensor: Tensor): Float64Array[] => {
  const count = exampleCount(tensor)
  const length = tensor.data.length / count
  const scratch = new Float64Array(Math.min(chunkLength, length))
  return Array.from({ length: count }, (_, index) => summarise(tensor, index * length, length, scratch))
}
