import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sealFloe } from '../../src/crypto/index.ts'
import { engines } from './engines.ts'
import { floeReaders } from './floe-readers.ts'

// Three segments of 64 bytes at most: two full ones and a last one with 16 bytes of content.
const key = createSecretKey(Buffer.alloc(32, 7))
const associatedData = Buffer.from('digits 1.0.0')
const content = Buffer.from(Array.from({ length: 80 }, (_, index) => index))
const seal = (): Buffer => sealFloe(key, content, { associatedData, segmentLength: 64 })
const sealed = seal()
const header = sealed.subarray(0, 74)
const segments = [sealed.subarray(74, 138), sealed.subarray(138, 202), sealed.subarray(202)] as const
const corrupt = expect.objectContaining({ code: 'SEALED_FILE_CORRUPT' })

describe.each(engines)('engine %s', (_, engine) => {
  describe.each(Object.entries(floeReaders))('reader %s', (_, open) => {
    const refuses = (bytes: Uint8Array): Promise<void> =>
      expect(open(key, bytes, { associatedData, engine })).rejects.toEqual(corrupt)

    test('what was not changed opens', async () => {
      expect(await open(key, sealed, { associatedData, engine })).toEqual(content)
    })

    test('every flipped bit is refused', async () => {
      for (let bit = 0; bit < sealed.length * 8; bit += 1) {
        const changed = Buffer.from(sealed)
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
        await refuses(changed)
      }
    })

    test('every cut is refused, and every addition', async () => {
      for (let length = 0; length < sealed.length; length += 1) await refuses(sealed.subarray(0, length))
      for (const length of [1, 15, 16, 32, 48, 64, 74, 128])
        await refuses(Buffer.concat([sealed, Buffer.alloc(length)]))
    })

    test('moved, dropped and repeated segments are refused', async () => {
      // Every row of up to four of the three segments but the right one.
      const rows = (length: number): number[][] =>
        length === 0 ? [[]] : rows(length - 1).flatMap((row) => [0, 1, 2].map((next) => [...row, next]))
      const wrong = [0, 1, 2, 3, 4].flatMap(rows).filter((row) => row.join() !== '0,1,2')
      expect(wrong).toHaveLength(120)
      for (const row of wrong) await refuses(Buffer.concat([header, ...row.map((at) => segments[at] as Buffer)]))
    })

    test('a segment or a header of another content under the same key is refused', async () => {
      const other = seal()
      await refuses(Buffer.concat([header, other.subarray(74, 138), segments[1], segments[2]]))
      await refuses(Buffer.concat([header, segments[0], segments[1], other.subarray(202)]))
      await refuses(Buffer.concat([other.subarray(0, 74), sealed.subarray(74)]))
    })

    test('another key and other associated data are refused', async () => {
      const otherKey = createSecretKey(Buffer.alloc(32, 8))
      await expect(open(otherKey, sealed, { associatedData, engine })).rejects.toEqual(corrupt)
      for (const other of ['digits 1.0.1', '']) {
        await expect(open(key, sealed, { associatedData: Buffer.from(other), engine })).rejects.toEqual(corrupt)
      }
    })
  })
})
