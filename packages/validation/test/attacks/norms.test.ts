import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  distances,
  norms,
  placeInBall,
  projectOntoBall,
  randomChange,
  sizeOf,
  steepestChange,
} from '../../src/behaviour/attacks/norms.ts'

/** The nearest point of the L1 ball by bisection on what is taken off: no sorting, so not the same way. */
const slowL1 = (change: readonly number[], radius: number): number[] => {
  const shrink = (by: number): number[] => change.map((value) => Math.sign(value) * Math.max(0, Math.abs(value) - by))
  if (sizeOf('l1', change) <= radius) return [...change]
  let [low, high] = [0, Math.max(...change.map(Math.abs))]
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2
    if (sizeOf('l1', shrink(middle)) > radius) low = middle
    else high = middle
  }
  return shrink(high)
}

/** The best of all subsets of `count` elements. */
const slowL0 = (change: readonly number[], count: number): number => {
  let best = Number.POSITIVE_INFINITY
  for (let subset = 0; subset < 2 ** change.length; subset += 1) {
    const isKept = (index: number): boolean => (subset >> index) % 2 === 1
    if (change.filter((_, index) => isKept(index)).length > count) continue
    best = Math.min(
      best,
      sizeOf(
        'l2',
        change.map((value, index) => (isKept(index) ? 0 : value)),
      ),
    )
  }
  return best
}

const vectors = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 8 })

test('a projection onto the L1 ball is that of a slow exact reference', () => {
  fc.assert(
    fc.property(vectors, fc.double({ min: 0.01, max: 5, noNaN: true }), (values, radius) => {
      const change = Float64Array.from(values)
      projectOntoBall('l1', change, radius)
      slowL1(values, radius).forEach((value, index) => {
        expect(change[index]).toBeCloseTo(value, 9)
      })
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('a projection onto the L0 ball keeps what no other choice of elements keeps better', () => {
  fc.assert(
    fc.property(vectors, fc.integer({ min: 0, max: 8 }), (values, count) => {
      const change = Float64Array.from(values)
      projectOntoBall('l0', change, count)
      expect(sizeOf('l0', change)).toBeLessThanOrEqual(count)
      expect(
        sizeOf(
          'l2',
          values.map((value, index) => value - (change[index] ?? 0)),
        ),
      ).toBeCloseTo(slowL0(values, count), 9)
    }),
    { seed: 2, numRuns: 200 },
  )
})

test('every projection lands inside the ball, and no sampled point of the ball is nearer', () => {
  const random = createSeededRandom(3)
  const sample = new Float64Array(4)
  for (const norm of ['linf', 'l2', 'l1'] as const) {
    for (let round = 0; round < 50; round += 1) {
      const values = Array.from({ length: 4 }, () => random.normal() * 2)
      const projected = Float64Array.from(values)
      projectOntoBall(norm, projected, 1)
      expect(sizeOf(norm, projected)).toBeLessThanOrEqual(1 + 1e-12)
      const gap = (point: Float64Array): number =>
        Math.hypot(...values.map((value, index) => value - (point[index] ?? 0)))
      for (let attempt = 0; attempt < 50; attempt += 1) {
        randomChange(norm, sample, 1, random)
        expect(sizeOf(norm, sample)).toBeLessThanOrEqual(1 + 1e-12)
        expect(gap(sample)).toBeGreaterThanOrEqual(gap(projected) - 1e-12)
      }
    }
  }
})

test('a change that is cut to the domain stays in the ball', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.constantFrom(...norms),
      (pairs, norm) => {
        const origin = Float64Array.from(pairs, ([value]) => value)
        const example = new Float64Array(origin.length)
        placeInBall(
          example,
          origin,
          Float64Array.from(pairs, ([, change]) => change),
          { norm, radius: 2, domain: [0, 1] },
        )
        expect(distances(norm, example, origin, origin.length)[0]).toBeLessThanOrEqual(2 + 1e-12)
        expect(example.every((value) => value >= 0 && value <= 1)).toBe(true)
      },
    ),
    { seed: 4, numRuns: 300 },
  )
})

test('the steepest change raises a linear loss as the dual norm says', () => {
  const slope = [3, -4, 0]
  const gain = (change: Float64Array): number =>
    slope.reduce((sum, value, index) => sum + value * (change[index] ?? 0), 0)
  expect(gain(steepestChange('linf', slope, 2))).toBe(14)
  expect(gain(steepestChange('l2', slope, 2))).toBe(10)
  expect(gain(steepestChange('l1', slope, 2))).toBe(8)
  // The steepest element can move no further.
  expect([...steepestChange('l1', slope, 2, (index) => index !== 1)]).toEqual([2, 0, 0])
  expect([...steepestChange('l2', [0, 0], 1)]).toEqual([0, 0])
})

test('a slope has a direction where its squares overflow or vanish', () => {
  for (const scale of [1e200, 1e-200]) {
    const slope = Float64Array.of(3 * scale, -4 * scale)
    expect(sizeOf('l2', slope) / scale).toBeCloseTo(5)
    const change = steepestChange('l2', slope, 1)
    expect(change[0]).toBeCloseTo(0.6)
    expect(change[1]).toBeCloseTo(-0.8)
  }
  expect(sizeOf('l2', [0, 0])).toBe(0)
  expect(sizeOf('l2', [Number.NaN, 1])).toBeNaN()
})
