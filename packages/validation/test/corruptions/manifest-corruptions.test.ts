import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { corruptWithBlur } from '../../src/behaviour/corruptions/blur.ts'
import { corruptWithNoise } from '../../src/behaviour/corruptions/noise.ts'
import { channelsLast, noisyPictures } from './pictures.ts'

test('noise has the deviation asked for, stays in the domain and is seeded', () => {
  const inputs = { type: 'float64', dims: [1, 20_000], data: new Float64Array(20_000).fill(100) } as const
  const noisy = corruptWithNoise(inputs, { level: 0.1, domain: [0, 255], random: createSeededRandom(1) })
  const deviation = Math.sqrt(Array.from(noisy.data).reduce((sum, value) => sum + (value - 100) ** 2, 0) / 20_000)
  expect(deviation).toBeCloseTo(25.5, 0)
  const clipped = corruptWithNoise(inputs, { level: 1, domain: [99, 101], random: createSeededRandom(1) })
  expect(clipped.data.every((value) => value >= 99 && value <= 101)).toBe(true)
  expect(corruptWithNoise(inputs, { level: 0.1, domain: [0, 255], random: createSeededRandom(1) })).toEqual(noisy)
})

test('a box blur is the mean of the neighbours that exist, in either layout', () => {
  const picture = { type: 'float64', dims: [1, 1, 2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) } as const
  const kernel = { width: 3, height: 3 }
  expect([...(corruptWithBlur(picture, kernel)?.data ?? [])]).toEqual([3, 3.5, 4, 3, 3.5, 4])
  expect(corruptWithBlur(picture, { width: 1, height: 1 })?.data).toEqual(picture.data)
  const wide = corruptWithBlur(picture, { width: 99, height: 1 })
  expect([...(wide?.data ?? [])]).toEqual([2, 2, 2, 5, 5, 5])
  const colours = noisyPictures([2, 3, 7, 9])
  const blurred = corruptWithBlur(colours, kernel)
  expect(blurred && channelsLast(blurred)).toEqual(corruptWithBlur(channelsLast(colours), kernel))
  expect(corruptWithBlur({ ...picture, dims: [1, 6] }, kernel)).toBeUndefined()
})
