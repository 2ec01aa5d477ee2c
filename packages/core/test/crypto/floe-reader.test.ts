import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFloeReader, type RandomAccessSource, sealFloe } from '../../src/crypto/index.ts'
import { memorySource } from './floe-readers.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const associatedData = Buffer.from('digits 1.0.0')
const corrupt = expect.objectContaining({ code: 'SEALED_FILE_CORRUPT' })
const usage = expect.objectContaining({ code: 'USAGE' })
const content = randomBytes(1000)
const sealed = sealFloe(key, content, { associatedData, segmentLength: 132 }) // ten segments of 100 bytes of content

const counted = (source: RandomAccessSource): RandomAccessSource & { reads: [offset: number, length: number][] } => {
  const reads: [number, number][] = []
  return {
    size: source.size,
    reads,
    read(offset, length) {
      reads.push([offset, length])
      return source.read(offset, length)
    },
  }
}

test('any part of the content can be read', async () => {
  const reader = await openFloeReader(key, memorySource(sealed), { associatedData })
  expect(reader.size).toBe(1000)
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.nat(1000), async (one, other) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)]
      expect(await reader.read(start, end - start)).toEqual(content.subarray(start, end))
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('parts that are read at the same time do not disturb each other', async () => {
  const slow: RandomAccessSource = {
    size: sealed.length,
    async read(offset, length) {
      for (let turn = 0; turn < (offset * 7) % 13; turn += 1) await undefined
      return sealed.subarray(offset, offset + length)
    },
  }
  const reader = await openFloeReader(key, slow, { associatedData })
  const starts = Array.from({ length: 200 }, (_, index) => (index * 379) % 800)
  const parts = await Promise.all(starts.map((start) => reader.read(start, 200)))
  for (const [index, start] of starts.entries()) expect(parts[index]).toEqual(content.subarray(start, start + 200))
})

test('opening reads the header and the last segment, a part its segments, and the last one stays', async () => {
  const source = counted(memorySource(sealed))
  const reader = await openFloeReader(key, source, { associatedData })
  await reader.read(950, 50)
  await reader.read(310, 10)
  await reader.read(390, 10)
  await reader.read(395, 10)
  expect(source.reads).toEqual([
    [0, 74],
    [74 + 9 * 132, 132],
    [74 + 3 * 132, 132],
    [74 + 4 * 132, 132],
  ])
})

test('a change is refused where it is, and not elsewhere', async () => {
  const changed = Buffer.from(sealed)
  changed[74 + 5 * 132 + 40] = (changed[74 + 5 * 132 + 40] as number) ^ 1
  const reader = await openFloeReader(key, memorySource(changed), { associatedData })
  await expect(reader.read(500, 1)).rejects.toEqual(corrupt)
  await expect(reader.read(480, 40)).rejects.toEqual(corrupt)
  expect(await reader.read(600, 100)).toEqual(content.subarray(600, 700))
  // What failed is not held as if it had been read.
  await expect(reader.read(500, 1)).rejects.toEqual(corrupt)
})

test('a cut is known at opening, at the end of a segment too', async () => {
  for (let length = 0; length < sealed.length; length += 1) {
    const opening = openFloeReader(key, memorySource(sealed.subarray(0, length)), { associatedData })
    await expect(opening).rejects.toEqual(corrupt)
  }
})

test('a source that gives less or more than it said is refused', async () => {
  for (const by of [-1, 1]) {
    const source = { ...memorySource(sealed), size: sealed.length + by }
    await expect(openFloeReader(key, source, { associatedData })).rejects.toEqual(corrupt)
  }
  let isCut = false
  const source: RandomAccessSource = {
    size: sealed.length,
    read: async (offset, length) => sealed.subarray(offset, offset + length - (isCut ? 1 : 0)),
  }
  const reader = await openFloeReader(key, source, { associatedData })
  isCut = true
  await expect(reader.read(0, 10)).rejects.toEqual(corrupt)
})

test('places outside the content and closed readers are refused', async () => {
  const reader = await openFloeReader(key, memorySource(sealed), { associatedData })
  for (const [offset, length] of [
    [-1, 1],
    [0, 1001],
    [1000, 1],
    [0, -1],
    [0.5, 1],
    [0, Number.NaN],
    [2 ** 53, 0],
  ] as const) {
    await expect(reader.read(offset, length)).rejects.toEqual(usage)
  }
  expect(await reader.read(1000, 0)).toEqual(Buffer.alloc(0))
  const begun = reader.read(0, 10)
  reader.close()
  await expect(begun).rejects.toEqual(usage)
  await expect(reader.read(0, 10)).rejects.toEqual(usage)
})

test('an empty content is read as such', async () => {
  const reader = await openFloeReader(key, memorySource(sealFloe(key, Buffer.alloc(0), { associatedData })), {
    associatedData,
  })
  expect(reader.size).toBe(0)
  expect(await reader.read(0, 0)).toEqual(Buffer.alloc(0))
})
