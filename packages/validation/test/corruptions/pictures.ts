import { createRequire } from 'node:module'
import { createSeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'

const collections: { readonly length: number; get(index: number): number[] }[] = createRequire(
  new URL('../../../../examples/guard-a-model/package.json', import.meta.url),
)('mnist')

/** The first `count` of all digits: 0, 1, … 9, 0, 1, … as long as there is another of each. */
const chosenDigits = (count: number): { readonly label: number; readonly index: number }[] => {
  const longest = Math.max(...collections.map(({ length }) => length))
  const all = Array.from({ length: longest }, (_, index) =>
    collections.flatMap(({ length }, label) => (index < length ? [{ label, index }] : [])),
  ).flat()
  if (count > all.length) throw new Error(`expected ${all.length} digits at most, found ${count}`)
  return all.slice(0, count)
}

/** The first digits as grey pictures. */
export const digits = (count: number): FloatTensor => {
  const data = new Float32Array(count * 784)
  chosenDigits(count).forEach(({ label, index }, row) => {
    data.set(collections[label]?.get(index) ?? [], row * 784)
  })
  return { type: 'float32', dims: [count, 1, 28, 28], data }
}

/** What they show. */
export const digitLabels = (count: number): number[] => chosenDigits(count).map(({ label }) => label)

/** Pictures of seeded noise, channels first. */
export const noisyPictures = (dims: readonly [number, number, number, number], seed = 1): FloatTensor => {
  const random = createSeededRandom(seed)
  const data = new Float64Array(dims.reduce((product, dim) => product * dim, 1))
  return { type: 'float64', dims, data: data.map(() => random.uniform()) }
}

/** The same pictures, channels last. */
export const channelsLast = ({ type, dims, data }: FloatTensor): FloatTensor => {
  const [count = 0, channels = 0, height = 0, width = 0] = dims
  const moved = data.slice()
  const size = height * width
  for (let place = 0; place < data.length; place += 1) {
    const row = Math.floor(place / (channels * size))
    const [channel, pixel] = [Math.floor(place / size) % channels, place % size]
    moved[(row * size + pixel) * channels + channel] = data[place] ?? 0
  }
  return { type, dims: [count, height, width, channels], data: moved }
}
