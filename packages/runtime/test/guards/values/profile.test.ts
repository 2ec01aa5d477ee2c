import { createRequire } from 'node:module'
import type { Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { checkProfile } from '../../../src/guards/values/check-profile.ts'
import { fewestExamples, learnProfile, type Profile, parseProfile } from '../../../src/guards/values/profile.ts'

const require = createRequire(new URL('../../../../../examples/guard-a-model/package.json', import.meta.url))
const pixels = 784

/** MNIST's digits as the package `mnist` has them, some of each class in turn. */
const images: readonly Float32Array[] = (() => {
  const classes = Array.from({ length: 10 }, (_, digit) => {
    const { data } = require(`mnist/src/digits/${digit}.json`) as { data: number[] }
    return Float32Array.from(data.slice(0, 400 * pixels))
  })
  return Array.from({ length: 4000 }, (_, index) => {
    const at = Math.floor(index / 10) * pixels
    return (classes[index % 10] as Float32Array).slice(at, at + pixels)
  })
})()

const tensorOf = (data: Float32Array): Tensor => ({ type: 'float32', dims: [1, 1, 28, 28], data })
const learned = images.slice(0, 2000).map((image) => ({ image: tensorOf(image) }))
const heldOut = images.slice(2000)
const rate = 0.01
const profile = learnProfile(learned, { falseAlarmRate: rate })

const isUnusual = (data: Float32Array, of: Profile = profile): boolean =>
  checkProfile('input', of, { image: tensorOf(data) }).length > 0
const shareOf = (change: (image: Float32Array) => Float32Array): number =>
  heldOut.filter((image) => isUnusual(change(image))).length / heldOut.length

// A linear congruential generator: the same noise in every run.
const createNoise = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

test('of digits that were not learned from, about as many are called unusual as was asked for', () => {
  expect(profile.tensors.image?.falseAlarmRate).toBe(rate)
  expect(shareOf((image) => image)).toBeLessThanOrEqual(2 * rate)
})

const random = createNoise(7)
const changes: Readonly<Record<string, (image: Float32Array) => Float32Array>> = {
  inverted: (image) => image.map((value) => 1 - value),
  'of another scale': (image) => image.map((value) => value * 255),
  'of zero mean': (image) => image.map((value) => (value - 0.13) / 0.31),
  noise: (image) => image.map(random),
  'under noise': (image) => image.map((value) => Math.min(1, Math.max(0, value + 0.4 * (random() - 0.5)))),
  constant: (image) => image.map(() => 0.5),
  empty: (image) => image.map(() => 0),
  shuffled: (image) => image.map((_, index) => image[(index * 395) % pixels] as number),
}

test.each(Object.entries(changes))('images that are %s are unusual', (_, change) => {
  expect(shareOf(change)).toBeGreaterThan(0.95)
})

test('a finding says what is unusual, of how many', () => {
  const [finding] = checkProfile('input', profile, {
    image: tensorOf((heldOut[0] as Float32Array).map((value) => value * 255)),
  })
  expect(finding).toMatchObject({ rule: 'input/unusual', evidence: { unusual: 1, examples: 1, falseAlarmRate: rate } })
  expect(finding?.message).toMatch(/^input "image": expected a distance of at most .*: maximum is 25\d, usual is 1\.00/)
})

test('each example of a batch is judged', () => {
  const data = new Float32Array(3 * pixels)
  data.set(heldOut[0] as Float32Array, 0)
  data.fill(0.5, pixels, 2 * pixels)
  data.set(heldOut[1] as Float32Array, 2 * pixels)
  const [finding] = checkProfile('input', profile, { image: { type: 'float32', dims: [3, 1, 28, 28], data } })
  expect(finding?.evidence).toMatchObject({ unusual: 1, examples: 3 })
  expect(finding?.message).toContain('in example 1')
})

test('NaN is unusual', () => {
  expect(isUnusual((heldOut[0] as Float32Array).map((value, index) => (index === 3 ? Number.NaN : value)))).toBe(true)
})

test('a profile is plain JSON, and is read back', () => {
  const text = JSON.stringify(profile)
  expect(text.length).toBeLessThan(8_000)
  expect(parseProfile(JSON.parse(text))).toEqual(profile)
  for (const broken of [null, {}, { version: 2, tensors: {} }, { version: 1, tensors: { x: { means: [1] } } }])
    expect(() => parseProfile(broken)).toThrow(/^expected a profile/)
})

test('outputs are profiled in the same way', () => {
  const noise = createNoise(3)
  const softmax = (): Tensor => {
    const top = Math.floor(noise() * 10)
    return {
      type: 'float32',
      dims: [1, 10],
      data: Float32Array.from({ length: 10 }, (_, index) => (index === top ? 0.91 : 0.01)),
    }
  }
  const usual = learnProfile(Array.from({ length: 400 }, () => ({ scores: softmax() })))
  const flat: Tensor = { type: 'float32', dims: [1, 10], data: new Float32Array(10).fill(0.1) }
  expect(checkProfile('output', usual, { scores: softmax() })).toEqual([])
  expect(checkProfile('output', usual, { scores: flat }).map(({ rule }) => rule)).toEqual(['output/unusual'])
})

test('a profile is learned from enough comparable examples, or not at all', () => {
  expect(() => learnProfile(learned.slice(0, fewestExamples - 1))).toThrow(
    /expected at least 20 examples of "image".*found 19/,
  )
  expect(() => learnProfile(learned, { falseAlarmRate: 0 })).toThrow(/false-alarm rate/)
  const broken = { image: tensorOf(new Float32Array(pixels).fill(Number.NaN)) }
  expect(() => learnProfile([...learned, broken])).toThrow(/found NaN/)
})

test('a rate that the examples cannot show is stated as what they can', () => {
  expect(learnProfile(learned.slice(0, 40), { falseAlarmRate: 0.001 }).tensors.image?.falseAlarmRate).toBeCloseTo(
    1 / 21,
  )
})

test('more examples than can be compared at one go are refused uncompared', () => {
  const many: Tensor = { type: 'float32', dims: [1_000_000, 1], data: new Float32Array(1_000_000) }
  const findings = checkProfile('input', profile, { image: many })
  expect(findings).toMatchObject([{ rule: 'input/unusual', message: expect.stringContaining('found 1000000') }])
})
