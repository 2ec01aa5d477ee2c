import { createManualClock, type Tensor } from '@nootropic/core'
import { expect, test } from 'vitest'
import { feedsByteLength, feedsDigest, identityOf } from '../../src/pool/feeds-digest.ts'
import { createQuarantine, suspicionMs } from '../../src/pool/quarantine.ts'

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

test('the bytes of an input are those it holds in memory, and some for each text', () => {
  expect(feedsByteLength({ a: ints(1, 2), b: texts('snow', '☃') })).toBe(50)
})

const known = (...values: number[]) => identityOf({ a: ints(...values) })

test('an input is refused from its second death on, and no other is', () => {
  const quarantine = createQuarantine()
  const bad = known(1)
  expect(quarantine.find(bad)).toBeUndefined()
  expect(quarantine.blame(bad).deaths).toBe(1)
  expect(quarantine.find(bad)).toBeUndefined()
  const { digest } = quarantine.blame(bad)
  expect(quarantine.find(known(1))).toMatchObject({ digest, deaths: 2 })
  expect(quarantine.find(known(2))).toBeUndefined()
  expect(quarantine.find(known(1, 1))).toBeUndefined()
})

test('only so many inputs are remembered: the one that killed last, longest', () => {
  const quarantine = createQuarantine(undefined, 2)
  for (const value of [1, 1, 2, 2, 1, 3, 3]) quarantine.blame(known(value))
  expect([1, 2, 3].map((value) => quarantine.find(known(value))?.deaths)).toEqual([3, undefined, 2])
})

test('a death is forgotten when a worker survives the same input, or after a while', () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const quarantine = createQuarantine(clock)
  quarantine.blame(known(1))
  quarantine.clear(known(2))
  quarantine.clear(known(1))
  expect(quarantine.blame(known(1)).deaths).toBe(1)
  clock.advance(suspicionMs - 1)
  quarantine.blame(known(2))
  expect(quarantine.blame(known(1)).deaths).toBe(2)
  clock.advance(suspicionMs - 1)
  expect(quarantine.find(known(1))).toBeDefined()
  clock.advance(1)
  expect(quarantine.find(known(1))).toBeUndefined()
  expect(quarantine.blame(known(2)).deaths).toBe(1)
})

test('an input is hashed once, and only when one of its shape is suspect', () => {
  let reads = 0
  const feeds = (length: number) => {
    const { data, ...tensor } = ints(...Array<number>(length).fill(7))
    const get = () => {
      reads += 1
      return data
    }
    return { a: Object.defineProperty(tensor, 'data', { enumerable: true, get }) as Tensor }
  }
  const quarantine = createQuarantine()
  for (let death = 0; death < 2; death += 1) quarantine.blame(known(1))
  const other = identityOf(feeds(2))
  for (let look = 0; look < 3; look += 1) quarantine.find(other)
  expect(reads).toBe(0)
  const like = identityOf(feeds(1))
  quarantine.find(like)
  const once = reads
  for (let look = 0; look < 3; look += 1) quarantine.find(like)
  expect([once > 0, reads]).toEqual([true, once])
})
