import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { loadLog } from '../src/audit/load-log.ts'
import { openAuditLog } from '../src/audit/log.ts'
import { decodeRecord } from '../src/audit/record.ts'
import { segmentRecords } from '../src/audit/segment-reader.ts'
import {
  changed,
  collect,
  entry,
  filesOf,
  imageOf,
  isSigned,
  type LogImage,
  newDirectory,
  origin,
  signingKey,
  writeLog,
} from './support/audit.ts'

const journal = 'journal/0000000000000000'
// The last commit of five entries was being written when the power went: it was not acknowledged. Ten entries were.
const acknowledged = 10
const makeImage = async (): Promise<{ image: LogImage; safe: number; end: number }> => {
  const directory = newDirectory()
  const log = await writeLog(directory, [7, 3])
  const safe = imageOf(directory).get(journal)?.length ?? 0
  await Promise.all(Array.from({ length: 5 }, (_, index) => log.append(entry(acknowledged + index))))
  const image = imageOf(directory)
  await log.close()
  return { image, safe, end: image.get(journal)?.length ?? 0 }
}
let remembered: ReturnType<typeof makeImage> | undefined
const made = (): ReturnType<typeof makeImage> => {
  remembered ??= makeImage()
  return remembered
}
const expected = Array.from({ length: 15 }, (_, index) => `act-${index}`)

/** Opens the log as it does, and says what is left. */
const recovered = async (image: LogImage): Promise<{ kept: number; cut: number }> => {
  const loaded = await loadLog(filesOf(image), origin, isSigned)
  const { cutAt, cut } = loaded.remains ?? { cutAt: undefined, cut: Buffer.alloc(0) }
  const mended = cut.length === 0 ? image : changed(image, journal, (bytes) => bytes.subarray(0, cutAt))
  const again = await loadLog(filesOf(mended), origin, isSigned)
  const found = segmentRecords(mended.get(journal) ?? Buffer.alloc(0)).map((body) => decodeRecord(body)?.action)
  expect(found).toEqual(expected.slice(0, found.length))
  expect(again.tree.size).toBe(found.length)
  expect(found.length).toBeGreaterThanOrEqual(acknowledged)
  return { kept: found.length, cut: cut.length }
}

test('a crash at any byte of the last commit loses no acknowledged entry, keeps whole records, and raises no alarm', async () => {
  const { image, safe, end } = await made()
  const kept = new Set<number>()
  for (let size = safe; size <= end; size += 1) {
    kept.add((await recovered(changed(image, journal, (bytes) => bytes.subarray(0, size)))).kept)
  }
  expect([...kept]).toEqual([10, 11, 12, 13, 14, 15])
})

test('the same where the file system had grown the file and left zeros', async () => {
  const { image, safe, end } = await made()
  for (let size = safe; size < end; size += 1) {
    const grown = changed(image, journal, (bytes) => bytes.fill(0, size))
    expect((await recovered(grown)).cut).toBeGreaterThan(0)
  }
})

test('the same where any of the sectors of the last commit never reached the disk', async () => {
  const { image, safe, end } = await made()
  const random = createSeededRandom(5)
  for (let round = 0; round < 200; round += 1) {
    const lost = changed(image, journal, (bytes) => {
      for (let at = safe; at < end; at += 512 - (at % 512)) {
        if (random.uniform() < 0.5) bytes.fill(0, at, Math.min(end, at + 512 - (at % 512)))
      }
      return bytes
    })
    expect((await recovered(lost)).kept).toBeGreaterThanOrEqual(acknowledged)
  }
})

test('a log that was cut by a crash goes on, verifies, and says what happened', async () => {
  const { image, safe, end } = await made()
  const record = 5 + (image.get(journal)?.readUInt32BE(safe + 1) ?? 0)
  for (const [size, keptRecords, cutBytes] of [
    [safe + 1, 0, 1],
    [safe + record, 1, 0],
    [safe + record + 40, 1, 40],
    [end - 1, 5, undefined],
  ] as const) {
    const directory = newDirectory()
    for (const [path, bytes] of changed(image, journal, (whole) => whole.subarray(0, size))) {
      mkdirSync(dirname(join(directory, path)), { recursive: true, mode: 0o700 })
      writeFileSync(join(directory, path), bytes, { mode: 0o600 })
    }
    const log = await openAuditLog({ directory, signingKey, origin })
    await log.append(entry(99))
    const entries = await collect(log.entries())
    expect(entries.slice(0, acknowledged).map(({ action }) => action)).toEqual(expected.slice(0, acknowledged))
    expect(entries.at(-1)?.action).toBe('act-99')
    const [recovery, ...more] = entries.filter(({ action }) => action === 'recovery')
    expect(more).toEqual([])
    expect(recovery).toMatchObject({ category: 'security', details: { keptRecords, firstIndex: acknowledged } })
    if (cutBytes !== undefined) expect(recovery?.details).toMatchObject({ cutBytes })
    expect((await log.verify()).size).toBe(acknowledged + keptRecords + 2)
    await log.close()
    const again = await openAuditLog({ directory, signingKey, origin })
    expect((await collect(again.entries())).filter(({ action }) => action === 'recovery')).toHaveLength(1)
    await again.close()
  }
})

test('a journal without its first checkpoint is no crash image', async () => {
  const { image } = await made()
  for (const size of [0, 1, 50]) {
    const cut = changed(image, journal, (bytes) => bytes.subarray(0, size))
    await expect(loadLog(filesOf(cut), origin, isSigned)).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
  }
})
