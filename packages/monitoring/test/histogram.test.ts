import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bucketCount,
  bucketEdge,
  bucketOf,
  createHistogram,
  histogramSince,
  mergeHistograms,
  observe,
  quantile,
} from '../src/histogram.ts'

const random = createSeededRandom(7)
const exponential = (): number => -Math.log(1 - random.uniform())

const distributions: Record<string, () => number> = {
  constant: () => 0.0503,
  'constant just above a power of two': () => 0.0625000001,
  uniform: () => 0.001 + random.uniform() * 0.2,
  'narrow uniform': () => 1 + random.uniform() * 0.01,
  exponential: () => exponential() * 0.02,
  lognormal: () => Math.exp(random.normal() - 4),
  'lognormal with a heavy tail': () => Math.exp(2.5 * random.normal() - 5),
  'Pareto, shape 1.2': () => 0.005 * (1 - random.uniform()) ** (-1 / 1.2),
  'two modes': () => (random.uniform() < 0.93 ? 0.008 + 0.001 * random.uniform() : 0.9 + 0.1 * random.uniform()),
  'whole milliseconds': () => (1 + random.integer(40)) / 1000,
  'bytes of memory': () => 2 ** (20 + 12 * random.uniform()),
}

test.each(Object.entries(distributions))('a quantile is within 4.4 % of the observed value: %s', (_, draw) => {
  const values = Float64Array.from({ length: 20_000 }, draw).sort()
  const histogram = createHistogram()
  for (const value of values) observe(histogram, value)
  for (const q of [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1]) {
    const exact = values[Math.max(1, Math.ceil(q * values.length)) - 1] as number
    expect(Math.abs((quantile(histogram, q) as number) / exact - 1), `q ${q}`).toBeLessThan(0.044)
  }
})

test('a bucket holds what is above the edge before it, up to its own edge', () => {
  const positive = fc.double({ min: 0, max: 2 ** 45, noNaN: true })
  fc.assert(
    fc.property(positive, (value) => {
      const bucket = bucketOf(value)
      expect(value).toBeLessThanOrEqual(bucketEdge(bucket))
      if (bucket > 0) expect(value).toBeGreaterThan(bucketEdge(bucket - 1))
    }),
    { seed: 1, numRuns: 2000 },
  )
  for (let bucket = 0; bucket < bucketCount - 1; bucket += 1) {
    expect(bucketOf(bucketEdge(bucket))).toBe(bucket)
    expect(bucketOf(bucketEdge(bucket) * (1 + Number.EPSILON))).toBe(bucket + 1)
  }
})

test('what is no size is counted apart and spoils nothing', () => {
  const histogram = createHistogram()
  for (const value of [Number.NaN, -1, -Number.MIN_VALUE, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    observe(histogram, value)
  }
  expect(histogram).toEqual({ ...createHistogram(), refused: 5 })
})

test('both zeros land in the smallest bucket, not by their sign in the largest', () => {
  expect([bucketOf(0), bucketOf(-0), bucketOf(Number.MIN_VALUE)]).toEqual([0, 0, 0])
  expect([bucketOf(Number.MAX_VALUE), bucketOf(2 ** 40)]).toEqual([bucketCount - 1, bucketCount - 1])
})

test('nothing observed has no quantile', () => {
  expect(quantile(createHistogram(), 0.5)).toBeUndefined()
})

test('values beyond the last edge are read as the greatest that was seen', () => {
  const histogram = createHistogram()
  observe(histogram, 1e300)
  expect(quantile(histogram, 0.5)).toBe(1e300)
})

test('what was observed since is what was added since', () => {
  const sizes = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 50 })
  fc.assert(
    fc.property(sizes, sizes, (before, after) => {
      const [early, late, only] = [createHistogram(), createHistogram(), createHistogram()]
      for (const value of before) observe(early, value)
      for (const value of [...before, ...after]) observe(late, value)
      for (const value of after) observe(only, value)
      const since = histogramSince(late, early)
      expect([...since.counts]).toEqual([...only.counts])
      expect(since.count).toBe(only.count)
      expect([...mergeHistograms([early, only]).counts]).toEqual([...late.counts])
    }),
    { seed: 2, numRuns: 200 },
  )
})
