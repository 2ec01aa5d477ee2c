import type { Tensor } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readChunks } from '../../../src/guards/values/elements.ts'
import { findNotFinite } from '../../../src/guards/values/find-not-finite.ts'
import { checkValueRules, type ValueRule } from '../../../src/guards/values/value-rules.ts'

const float32 = (...data: number[]): Tensor => ({ type: 'float32', dims: [data.length], data: Float32Array.from(data) })
const rows = (length: number, ...data: number[]): Tensor => ({
  type: 'float32',
  dims: [data.length / length, length],
  data: Float32Array.from(data),
})
const problemsOf = (tensor: Tensor, rule: ValueRule): string[] =>
  checkValueRules('input', { x: rule }, { x: tensor }).map(({ message }) => message)

test('ranges hold at their ends', () => {
  expect(problemsOf(float32(0, 1), { minimum: 0, maximum: 1 })).toEqual([])
  expect(problemsOf(float32(0, 1.5), { minimum: 0, maximum: 1 })).toEqual([
    'input "x": expected numbers from 0 to 1, found 1.5 at element 1',
  ])
  expect(problemsOf(float32(Number.NaN), { minimum: 0 })).toHaveLength(1)
})

test('whole numbers', () => {
  expect(problemsOf(float32(-2, 0, 7), { integers: true })).toEqual([])
  expect(problemsOf(float32(0.5), { integers: true })).toHaveLength(1)
})

test('token ids are held against the vocabulary, in 64 bits too', () => {
  const ids = (...data: bigint[]): Tensor => ({ type: 'int64', dims: [data.length], data: BigInt64Array.from(data) })
  expect(problemsOf(ids(0n, 50_256n), { vocabulary: 50_257 })).toEqual([])
  expect(problemsOf(ids(0n, 50_257n), { vocabulary: 50_257 })).toHaveLength(1)
  expect(problemsOf(ids(-1n), { vocabulary: 50_257 })).toHaveLength(1)
  // Its lower half alone would be a small number.
  expect(problemsOf(ids(2n ** 40n + 5n), { vocabulary: 50_257 })).toHaveLength(1)
  const unsigned: Tensor = { type: 'uint64', dims: [1], data: BigUint64Array.of(2n ** 64n - 1n) }
  expect(problemsOf(unsigned, { vocabulary: 50_257 })).toHaveLength(1)
})

test('rows of probabilities sum to 1', () => {
  expect(problemsOf(rows(2, 0.5, 0.5, 0.25, 0.75), { rowSum: 1, minimum: 0 })).toEqual([])
  expect(problemsOf(rows(2, 0.5, 0.5, 0.9, 0.9), { rowSum: 1 })[0]).toMatch(
    /^input "x": expected rows that sum to 1, found 1.79\d* in row 1$/,
  )
  expect(problemsOf(rows(2, 0.5, Number.NaN), { rowSum: 1 })).toHaveLength(1)
})

test('one-hot rows have one 1', () => {
  expect(problemsOf(rows(3, 0, 1, 0, 1, 0, 0), { oneHot: true })).toEqual([])
  expect(problemsOf(rows(3, 0, 1, 1), { oneHot: true })).toHaveLength(1)
  expect(problemsOf(rows(3, 0, 0, 0), { oneHot: true })).toHaveLength(1)
  expect(problemsOf(rows(2, 0.5, 0.5), { oneHot: true })).toHaveLength(1)
})

test('a rule for a tensor that is not there, or holds texts, is broken', () => {
  const [finding] = checkValueRules('input', { y: { minimum: 0 } }, {})
  expect(finding?.rule).toBe('input/missing')
  expect(problemsOf({ type: 'string', dims: [1], data: ['1'] }, { minimum: 0 })).toHaveLength(1)
})

test('a rule that nothing fulfils is refused', () => {
  const impossible: ValueRule[] = [
    { minimum: 1, maximum: 0 },
    { vocabulary: 0 },
    { minimum: Number.NaN },
    { rowSum: 1, tolerance: -1 },
  ]
  for (const rule of impossible)
    expect(() => problemsOf(float32(0), rule)).toThrow(/^expected a rule that numbers can fulfil/)
})

test('the first NaN or infinity is found wherever it stands', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(Number.NaN, Infinity, -Infinity), (at, value) => {
      const data = new Float32Array(20_001).fill(-0)
      data[at] = value
      data[20_000] = Number.NaN
      expect(findNotFinite({ type: 'float32', dims: [20_001], data })).toBe(at)
      data.fill(3.4e38)
      expect(findNotFinite({ type: 'float32', dims: [20_001], data })).toBe(-1)
    }),
    { seed: 20_261_125, numRuns: 50 },
  )
})

test('every float16 is read as what its bits say', () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, index) => index)
  const values: number[] = []
  readChunks({ type: 'float16', dims: [bits.length], data: bits }, (chunk) => {
    values.push(...chunk)
    return false
  })
  expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x3555].map((each) => values[each])).toEqual([
    1,
    -2,
    65_504,
    2 ** -24,
    -0,
    0.333251953125,
  ])
  expect(values.filter((value) => !Number.isFinite(value))).toHaveLength(2048)
})

test('64-bit integers are read in order', () => {
  const data = BigInt64Array.of(-(2n ** 63n), -1n, 0n, 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n)
  const values: number[] = []
  readChunks({ type: 'int64', dims: [data.length], data }, (chunk) => {
    values.push(...chunk)
    return false
  })
  expect(values).toEqual([...data].map(Number))
})
