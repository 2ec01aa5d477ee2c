import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAuditLog } from '../src/audit/log.ts'
import { decodeRecord } from '../src/audit/record.ts'
import { scanLog } from '../src/audit/recovery.ts'
import { replay } from '../src/audit/replay.ts'
import {
  collect,
  entry,
  memoryFile,
  origin,
  signingKey,
  temporaryDirectory,
  verifier,
  verifierKey,
  writeLog,
} from './support/audit.ts'

// The last commit of five entries was being written when the power went: it was not acknowledged. Ten entries were.
const acknowledged = 10
const original = await writeLog([7, 3, 5])
const [safe = 0, end = 0] = original.ends.slice(-2)

const actions = async (bytes: Buffer): Promise<string[]> => {
  const found: string[] = []
  for await (const item of replay(memoryFile(bytes).reader, { path: 'entries.log', end: bytes.length, origin })) {
    if (item.kind === 'record') found.push(decodeRecord(item.body)?.action ?? 'no record')
  }
  return found
}
const expected = Array.from({ length: 15 }, (_, index) => `act-${index}`)

const recovered = async (image: Buffer): Promise<{ kept: number; cut: number }> => {
  const file = memoryFile(image)
  const { remains } = await scanLog(file, verifier, undefined)
  if (remains !== undefined) await file.truncate(remains.cutAt)
  const found = await actions(file.content())
  expect(found).toEqual(expected.slice(0, found.length))
  expect(found.length).toBeGreaterThanOrEqual(acknowledged)
  expect(found.length).toBe(acknowledged + (remains?.keptRecords ?? (image.length === end ? 5 : 0)))
  return { kept: found.length, cut: remains?.cut.length ?? 0 }
}

test('a crash at any byte of the last commit loses no acknowledged entry, keeps whole records, and raises no alarm', async () => {
  const kept = new Set<number>()
  for (let size = safe; size <= end; size += 1) kept.add((await recovered(original.bytes.subarray(0, size))).kept)
  expect([...kept]).toEqual([10, 11, 12, 13, 14, 15])
})

test('the same where the file system had grown the file and left zeros', async () => {
  for (let size = safe; size < end; size += 1) {
    const zeros = Buffer.alloc(end - size)
    const image = Buffer.concat([original.bytes.subarray(0, size), zeros])
    expect((await recovered(image)).cut).toBeGreaterThan(0)
  }
})

test('a log that was cut by a crash goes on, verifies, and says what happened', async () => {
  const record = 5 + original.bytes.readUInt32BE(safe + 1)
  for (const [size, keptRecords, cutBytes] of [
    [safe + 1, 0, 1],
    [safe + record, 1, 0],
    [safe + record + 40, 1, 40],
    [end - 1, 5, undefined],
  ] as const) {
    const directory = join(temporaryDirectory(), 'audit')
    mkdirSync(directory, { mode: 0o700 })
    writeFileSync(join(directory, 'entries.log'), original.bytes.subarray(0, size), { mode: 0o600 })
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
    expect(again.verifierKey).toBe(verifierKey)
  }
})

test('a file without its first checkpoint is no crash image', async () => {
  for (const size of [0, 1, 50, (original.ends[0] ?? 0) - 1]) {
    const file = memoryFile(original.bytes.subarray(0, size))
    await expect(scanLog(file, verifier, undefined)).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
  }
})
