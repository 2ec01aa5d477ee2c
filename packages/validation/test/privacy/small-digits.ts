import { createRequire } from 'node:module'
import { createSeededRandom } from '@nootropic/core'
import type { Dataset } from '../../src/index.ts'

const collections: { get(index: number): number[] }[] = createRequire(
  new URL('../../../../examples/guard-a-model/package.json', import.meta.url),
)('mnist')

/** Labels that a coin with ten sides gave: what is learned of them is learned by heart. */
const noiseSeed = 20261122

/**
 * Digits of `mnist` as pictures of 7 x 7: the mean of every 4 x 4 pixels. The rows `from` to `from + count - 1`, in the order
 * 0, 1, ... 9, 0, 1, ..., with their true classes, or, with noise, with random ones.
 */
export const smallDigits = (
  from: number,
  count: number,
  labelling: 'true' | 'noise' = 'true',
): Dataset & { readonly labels: readonly number[] } => {
  const data = new Float32Array(count * 49)
  const random = createSeededRandom(noiseSeed)
  for (let row = 0; row < from; row += 1) random.integer(10)
  const labels: number[] = []
  for (let row = 0; row < count; row += 1) {
    const digit = (from + row) % 10
    const pixels = collections[digit]?.get(Math.floor((from + row) / 10)) ?? []
    pixels.forEach((pixel, place) => {
      const small = Math.floor(place / 112) * 7 + Math.floor((place % 28) / 4)
      data[row * 49 + small] = (data[row * 49 + small] ?? 0) + pixel / 16
    })
    labels.push(labelling === 'true' ? digit : random.integer(10))
  }
  return { inputs: { type: 'float32', dims: [count, 1, 7, 7], data }, labels, domain: [0, 1] }
}
