import type { Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { feedsByteLength, feedsDigest } from '../../src/pool/feeds-digest.ts'
import { createQuarantine } from '../../src/pool/quarantine.ts'

const ints = (...values: number[]): Tensor => ({ type: 'int32', dims: [values.length], data: Int32Array.from(values) })
const texts = (...values: string[]): Tensor => ({ type: 'string', dims: [values.length], data: values })

test('an input is known by its names, types, shapes and data, in whatever order it is given', () => {
  const base = feedsDigest({ a: ints(1, 2), b: texts('x', 'yz') })
  expect(feedsDigest({ b: texts('x', 'yz'), a: ints(1, 2) })).toBe(base)
  const others: Record<string, Tensor>[] = [
    { a: ints(1, 3), b: texts('x', 'yz') },
    { a: ints(1, 2), b: texts('xy', 'z') },
    { a: ints(1, 2), c: texts('x', 'yz') },
    { a: { ...ints(1, 2), dims: [1, 2] }, b: texts('x', 'yz') },
    { a: { ...ints(1, 2), type: 'uint32', data: Uint32Array.of(1, 2) }, b: texts('x', 'yz') },
    { a: ints(1, 2) },
  ]
  expect(new Set([base, ...others.map(feedsDigest)]).size).toBe(others.length + 1)
})

test('an input of a part of a larger buffer is that part', () => {
  const whole = Int32Array.of(9, 1, 2, 9)
  expect(feedsDigest({ a: { type: 'int32', dims: [2], data: whole.subarray(1, 3) } })).toBe(
    feedsDigest({ a: ints(1, 2) }),
  )
})

test('the bytes of an input are those it holds in memory', () => {
  expect(feedsByteLength({ a: ints(1, 2), b: texts('snow', '☃') })).toBe(18)
})

test('an input is refused from its second death on, and no other is', () => {
  const quarantine = createQuarantine()
  const bad = { a: ints(1) }
  expect(quarantine.find(bad)).toBeUndefined()
  expect(quarantine.blame(bad).deaths).toBe(1)
  expect(quarantine.find(bad)).toBeUndefined()
  const { digest } = quarantine.blame(bad)
  expect(quarantine.find({ a: ints(1) })).toMatchObject({ digest, deaths: 2 })
  expect(quarantine.find({ a: ints(2) })).toBeUndefined()
  expect(quarantine.find({ a: ints(1, 1) })).toBeUndefined()
})

test('only so many inputs are remembered: the one that killed last, longest', () => {
  const quarantine = createQuarantine(2)
  for (const value of [1, 1, 2, 2, 1, 3, 3]) quarantine.blame({ a: ints(value) })
  expect([1, 2, 3].map((value) => quarantine.find({ a: ints(value) })?.deaths)).toEqual([3, undefined, 2])
})
