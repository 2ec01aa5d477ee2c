import { readdirSync } from 'node:fs'
import { type AuditEntry, createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeBundle, parseBundle } from '../src/audit/bundle.ts'
import { hashLeaf, verifyAuditLog, verifyCheckpoint, verifyConsistency, verifyInclusion } from '../src/audit/index.ts'
import { loadLog } from '../src/audit/load-log.ts'
import { createLogFiles } from '../src/audit/log-store.ts'
import { hashNode } from '../src/audit/merkle.ts'
import { decodeRecord, encodeRecord } from '../src/audit/record.ts'
import { tilePath } from '../src/audit/tile-layout.ts'
import { createTileReader } from '../src/audit/tile-reader.ts'
import { collect, imageOf, isSigned, newDirectory, origin, verifierKey, writeLog } from './support/audit.ts'

test('tiles stand where C2SP tlog-tiles puts them', () => {
  expect(tilePath(0, 1234067)).toBe('tile/0/x001/x234/067')
  expect(tilePath(1, 0, 1)).toBe('tile/1/000.p/1')
  expect(tilePath('entries', 999)).toBe('tile/entries/999')
  expect(tilePath('entries', 1000, 255)).toBe('tile/entries/x001/000.p/255')
})

test('a closed log is tiles and a checkpoint that anybody can verify with nothing but their definition', async () => {
  const directory = newDirectory()
  const log = await writeLog(directory, [700, 1, 99])
  await log.close()
  const image = imageOf(directory)
  const { size, root } = verifyCheckpoint(image.get('checkpoint')?.toString() ?? '', verifierKey)
  expect(size).toBe(800)
  const bundles = [0, 1, 2].map((index) => image.get(tilePath('entries', index)) ?? Buffer.alloc(0))
  const partial = image.get(tilePath('entries', 3, 32)) ?? Buffer.alloc(0)
  const leaves: Buffer[] = []
  for (const bundle of [...bundles, partial]) {
    for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
      leaves.push(hashLeaf(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))))
    }
  }
  const mth = (hashes: Buffer[]): Buffer => {
    const [only = Buffer.alloc(0)] = hashes
    if (hashes.length <= 1) return only
    const split = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
    return hashNode(mth(hashes.slice(0, split)), mth(hashes.slice(split)))
  }
  expect(leaves).toHaveLength(800)
  expect(mth(leaves).toString('base64')).toBe(root)
  for (const index of [0, 1, 2]) {
    const tile = leaves.slice(index * 256, index * 256 + 256)
    expect(image.get(tilePath(0, index))?.equals(Buffer.concat(tile))).toBe(true)
  }
  const above = [0, 1, 2].map((index) => mth(leaves.slice(index * 256, index * 256 + 256)))
  expect(image.get(tilePath(1, 0, 3))?.equals(Buffer.concat(above))).toBe(true)
  // Nothing that is not part of the tree of 800 entries is left.
  expect([...image.keys()].filter((path) => path.includes('.p/')).sort()).toEqual([
    'tile/0/003.p/32',
    'tile/1/000.p/3',
    'tile/entries/003.p/32',
  ])
})

test('a log that is written, published and opened by turns stays one log, and all its proofs hold', async () => {
  const directory = newDirectory()
  const random = createSeededRandom(3)
  const notes: string[] = []
  let size = 0
  for (let round = 0; round < 8; round += 1) {
    const count = 1 + random.integer(300)
    // Small files of the journal, so that it is rotated and published while entries come.
    const log = await writeLog(directory, [count, 1, count], { segmentBytes: 4096, anchor: notes.at(-1) })
    size += 2 * count + 1
    notes.push(log.checkpoint())
    expect(verifyCheckpoint(log.checkpoint(), verifierKey).size).toBe(size)
    if (round % 3 === 0) await log.publish()
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const index = random.integer(size)
      const [found] = await collect(log.entries({ start: index })).then((all) => all.slice(0, 1))
      expect(found?.index).toBe(index)
      const proof = await log.proveInclusion(index)
      const { index: _, ...stored } = found ?? ({} as never)
      expect(proof.leafHash).toBe(hashLeaf(encodeRecord(stored, stored.time)).toString('base64'))
      verifyInclusion(proof)
      verifyConsistency(await log.proveConsistency(1 + random.integer(size)))
    }
    for (const note of notes) {
      const old = verifyCheckpoint(note, verifierKey)
      expect((await log.proveConsistency(old.size)).from).toEqual({ size: old.size, root: old.root })
    }
    expect((await log.verify(notes[0])).size).toBe(size)
    const last = await log.tail(5)
    expect(last.map(({ index }) => index)).toEqual([5, 4, 3, 2, 1].map((back) => size - back))
    await log.close()
    expect((await verifyAuditLog({ directory, verifierKey, anchor: notes.at(-1) })).size).toBe(size)
  }
  expect(readdirSync(`${directory}/journal`)).toHaveLength(1)
})

test('opening and proving read files whose number grows with the logarithm of the log', async () => {
  const directory = newDirectory()
  await (await writeLog(directory, [20_000])).close()
  const files = createLogFiles(directory)
  const reads: string[] = []
  const counted = {
    ...files,
    read: (path: string) => {
      reads.push(path)
      return files.read(path)
    },
  }
  const { tree } = await loadLog(counted, origin, isSigned)
  // The checkpoint, the journal's one file, and the last tile of two levels.
  expect(reads).toHaveLength(4)
  reads.length = 0
  const reader = createTileReader(counted, tree)
  await reader.leafHash(77)
  await reader.rangeRoot({ start: 0, end: 128 })
  await reader.rangeRoot({ start: 0, end: 16_384 })
  expect(reads.filter((path) => path.startsWith('tile/0'))).toHaveLength(1)
  expect(reads.length).toBeLessThanOrEqual(2)
})

test('whatever records are put into a bundle come out of it, and other bytes are refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 }),
      fc.nat(),
      (records, seed) => {
        const bundle = encodeBundle(records)
        const found = parseBundle(bundle, records.length)
        expect(found?.map((record) => [...record])).toEqual(records.map((record) => [...record]))
        expect(parseBundle(bundle, records.length + 1)).toBeUndefined()
        expect(parseBundle(bundle.subarray(0, seed % bundle.length), records.length)).toBeUndefined()
        expect(parseBundle(Buffer.concat([bundle, Buffer.alloc(1 + (seed % 3))]), records.length)).toBeUndefined()
      },
    ),
    { seed: 1, numRuns: 200 },
  )
})

test('the quick way to the bytes of a record gives the canonical ones that the general way accepts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const entries = fc.record(
    {
      category: fc.constantFrom('access', 'operation', 'security'),
      actor: text,
      action: text,
      resource: text,
      outcome: fc.constantFrom('allowed', 'denied', 'succeeded', 'failed'),
      reason: text,
      details: fc.dictionary(text, fc.oneof(fc.integer(), text)),
    },
    { requiredKeys: ['category', 'actor', 'action', 'resource', 'outcome'] },
  )
  fc.assert(
    fc.property(entries, (entry) => {
      const time = '2026-01-01T00:00:00.000Z'
      const bytes = encodeRecord(entry as AuditEntry, time)
      expect(decodeRecord(bytes)).toEqual(JSON.parse(JSON.stringify({ ...entry, time })))
    }),
    { seed: 2, numRuns: 300 },
  )
})
