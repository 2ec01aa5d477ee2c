import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFloeSegments, openFloeStream, sealFloe, sealFloeStream } from '../../src/crypto/index.ts'
import { floeReaders } from './floe-readers.ts'
import { collect, inPieces } from './streams.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const associatedData = Buffer.from('digits 1.0.0')
const segmentLength = 64 // 32 bytes of content
const seal = (content: Uint8Array): Buffer => sealFloe(key, content, { associatedData, segmentLength })
const corrupt = expect.objectContaining({ code: 'SEALED_FILE_CORRUPT' })

const content = Buffer.from(Array.from({ length: 80 }, (_, index) => index))
const sealed = seal(content)

test('what was sealed opens with every reader, at sizes around the edges of segments', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(33, 40, 64, 1000),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: 1, max: 200 }),
      async (length, count, around, pieceSize) => {
        const bytes = randomBytes(Math.max(0, count * (length - 32) + around))
        const options = { associatedData, segmentLength: length }
        const whole = sealFloe(key, bytes, options)
        const streamed = await collect(sealFloeStream(key, inPieces(bytes, pieceSize), options))
        expect(streamed.length).toBe(whole.length)
        for (const result of [whole, streamed]) {
          expect(await collect(openFloeStream(key, inPieces(result, pieceSize), { associatedData }))).toEqual(bytes)
          for (const open of Object.values(floeReaders))
            expect(await open(key, result, { associatedData })).toEqual(bytes)
        }
      },
    ),
    { seed: 1, numRuns: 80 },
  )
})

test('two seals of the same content share no bytes after the parameters', () => {
  expect(seal(content).subarray(10).equals(sealed.subarray(10))).toBe(false)
})

test.each([
  ['openFloeStream', openFloeStream],
  ['openFloeSegments', openFloeSegments],
])('%s yields verified segments only, and then fails at the change', async (_, open) => {
  const changed = Buffer.from(sealed)
  changed[150] = (changed[150] as number) ^ 1 // in the second segment
  const yielded: Buffer[] = []
  const read = async (): Promise<void> => {
    for await (const piece of open(key, inPieces(changed, 5), { associatedData })) yielded.push(Buffer.from(piece))
  }
  await expect(read()).rejects.toEqual(corrupt)
  expect(Buffer.concat(yielded)).toEqual(content.subarray(0, 32))
})

test('lent segments are one buffer, with nothing of the content left at the end', async () => {
  const buffers = new Set<ArrayBufferLike>()
  const lent: Buffer[] = []
  for await (const piece of openFloeSegments(key, inPieces(sealed, 50), { associatedData })) {
    buffers.add(piece.buffer)
    lent.push(piece)
  }
  expect(lent).toHaveLength(3)
  expect(buffers.size).toBe(1)
  expect(lent.every((piece) => piece.every((byte) => byte === 0))).toBe(true)
})

test('a stream holds about one segment, however long the content is', async () => {
  const mebibyte = Buffer.alloc(1024 * 1024)
  let produced = 0
  let received = 0
  let ahead = 0
  async function* source(): AsyncGenerator<Uint8Array, void, void> {
    for (let index = 0; index < 64; index += 1) {
      produced += mebibyte.length
      ahead = Math.max(ahead, produced - received)
      yield mebibyte
    }
  }
  for await (const piece of openFloeStream(key, sealFloeStream(key, source(), { associatedData }), {
    associatedData,
  })) {
    received += piece.length
  }
  expect(received).toBe(64 * mebibyte.length)
  // One segment of the sealer, one of the opener, and the piece that decided that the segment is not the last.
  expect(ahead).toBeLessThanOrEqual(4 * mebibyte.length)
})

test('a stream that is left early ends its source', async () => {
  let ended = false
  async function* source(): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) yield Buffer.alloc(100)
    } finally {
      ended = true
    }
  }
  let pieces = 0
  for await (const piece of sealFloeStream(key, source(), { associatedData, segmentLength })) {
    pieces += Math.sign(piece.length)
    if (pieces === 5) break
  }
  expect(ended).toBe(true)
})

test('keys and segment lengths that cannot be are refused', () => {
  const usage = expect.objectContaining({ code: 'USAGE' })
  expect(() => sealFloe(createSecretKey(Buffer.alloc(16)), content, { associatedData })).toThrow(usage)
  for (const length of [0, 32, 33.5, 2 ** 26 + 1, Number.NaN]) {
    expect(() => sealFloe(key, content, { associatedData, segmentLength: length })).toThrow(usage)
  }
})
