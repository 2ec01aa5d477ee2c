import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openFloe, openFloeStream, sealFloe, sealFloeStream } from '../../src/crypto/index.ts'
import { collect, inPieces } from './streams.ts'

const key = createSecretKey(Buffer.alloc(32, 7))
const associatedData = Buffer.from('digits 1.0.0')
const segmentLength = 64 // 32 bytes of content
const seal = (content: Uint8Array): Buffer => sealFloe(key, content, { associatedData, segmentLength })
const corrupt = expect.objectContaining({ code: 'SEALED_FILE_CORRUPT' })

const refuses = async (sealed: Uint8Array): Promise<void> => {
  expect(() => openFloe(key, sealed, { associatedData })).toThrow(corrupt)
  await expect(collect(openFloeStream(key, inPieces(sealed, 29), { associatedData }))).rejects.toEqual(corrupt)
}

const content = Buffer.from(Array.from({ length: 80 }, (_, index) => index))
const sealed = seal(content)
const headerLength = 74
// Two full segments and a last one of 16 bytes.
const segments = [sealed.subarray(74, 138), sealed.subarray(138, 202), sealed.subarray(202)] as const
const header = sealed.subarray(0, headerLength)

test('what was sealed opens, at once and as a stream, at sizes around the edges of segments', async () => {
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
          expect(openFloe(key, result, { associatedData })).toEqual(bytes)
          expect(await collect(openFloeStream(key, inPieces(result, pieceSize), { associatedData }))).toEqual(bytes)
        }
      },
    ),
    { seed: 1, numRuns: 150 },
  )
})

test('two seals of the same content share no bytes after the parameters', () => {
  expect(seal(content).subarray(10).equals(sealed.subarray(10))).toBe(false)
})

test('every flipped bit is refused', async () => {
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    await refuses(changed)
  }
})

test('every cut is refused', async () => {
  for (let length = 0; length < sealed.length; length += 1) await refuses(sealed.subarray(0, length))
})

test('moved, dropped, repeated and added segments are refused', async () => {
  const [first, second, last] = segments
  await refuses(Buffer.concat([header, second, first, last]))
  await refuses(Buffer.concat([header, first, last]))
  await refuses(Buffer.concat([header, second, last]))
  await refuses(Buffer.concat([header, first, second]))
  await refuses(Buffer.concat([header, first, first, second, last]))
  await refuses(Buffer.concat([header, first, second, last, last]))
  await refuses(Buffer.concat([sealed, Buffer.of(0)]))
})

test('a segment of another content under the same key is refused', async () => {
  const other = seal(content)
  await refuses(Buffer.concat([header, other.subarray(74, 138), segments[1], segments[2]]))
  await refuses(Buffer.concat([other.subarray(0, headerLength), sealed.subarray(headerLength)]))
})

test('another key and other associated data are refused', () => {
  const otherKey = createSecretKey(Buffer.alloc(32, 8))
  expect(() => openFloe(otherKey, sealed, { associatedData })).toThrow(corrupt)
  expect(() => openFloe(key, sealed, { associatedData: Buffer.from('digits 1.0.1') })).toThrow(corrupt)
  expect(() => openFloe(key, sealed, { associatedData: Buffer.alloc(0) })).toThrow(corrupt)
})

test('a stream yields verified segments only, and then fails at the change', async () => {
  const changed = Buffer.from(sealed)
  changed[150] = (changed[150] as number) ^ 1 // in the second segment
  const yielded: Buffer[] = []
  const read = async (): Promise<void> => {
    for await (const piece of openFloeStream(key, inPieces(changed, 5), { associatedData })) yielded.push(piece)
  }
  await expect(read()).rejects.toEqual(corrupt)
  expect(Buffer.concat(yielded)).toEqual(content.subarray(0, 32))
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
