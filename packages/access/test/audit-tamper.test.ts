import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openAuditLog, verifyAuditLog } from '../src/audit/log.ts'
import { scanLog } from '../src/audit/recovery.ts'
import { verifyLogBytes } from '../src/audit/replay.ts'
import { memoryFile, origin, signingKey, temporaryDirectory, verifier, verifierKey, writeLog } from './support/audit.ts'

const corrupt = expect.objectContaining({ code: 'AUDIT_CORRUPT' })
const commits = [20, 1, 29]
const original = await writeLog(commits)
// For what costs more per byte.
const smallCommits = [6, 1, 4]
const small = await writeLog(smallCommits)

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  )
const verifyBytes = (bytes: Buffer): Promise<string> => {
  const options = { path: 'entries.log', end: bytes.length, origin }
  return codeOf(verifyLogBytes(memoryFile(bytes).reader, options, verifier.verify))
}
const flipped = (log: Buffer, at: number, mask: number): Buffer => {
  const bytes = Buffer.from(log)
  bytes[at] = (bytes[at] ?? 0) ^ mask
  return bytes
}
const writeDirectory = (bytes: Buffer): string => {
  const directory = join(temporaryDirectory(), 'audit')
  mkdirSync(directory, { mode: 0o700 })
  writeFileSync(join(directory, 'entries.log'), bytes, { mode: 0o600 })
  return directory
}

test('the log that was written verifies', async () => {
  expect(await verifyBytes(original.bytes)).toBe('accepted')
})

test('every flip of one byte of a log of 50 records is detected', async () => {
  const missed: number[] = []
  for (let at = 0; at < original.bytes.length; at += 1) {
    if ((await verifyBytes(flipped(original.bytes, at, 1 << (at % 8)))) !== 'AUDIT_CORRUPT') missed.push(at)
  }
  expect(missed).toEqual([])
})

test('opening never cuts an acknowledged entry from a log with one changed byte: it refuses, or keeps all', async () => {
  let kept = 0
  const cut: number[] = []
  for (let at = 0; at < small.bytes.length; at += 1) {
    try {
      const { commit } = await scanLog(memoryFile(flipped(small.bytes, at, 1 << (at % 8))), verifier, undefined)
      if (commit.size === 11) kept += 1
      else cut.push(at)
    } catch (error) {
      expect(error).toEqual(corrupt)
    }
  }
  expect(cut).toEqual([])
  // Opening checks one signature, the last; a change in an older one is left to verify().
  expect(kept).toBeLessThan(smallCommits.length * 150)
})

test('every truncation is detected, save that to an earlier commit, which an anchor detects', async () => {
  const accepted: number[] = []
  for (let size = 0; size < small.bytes.length; size += 1) {
    if ((await verifyBytes(small.bytes.subarray(0, size))) === 'accepted') accepted.push(size)
  }
  expect(accepted).toEqual(small.ends.slice(0, -1))
  const full = memoryFile(small.bytes)
  const { commit } = await scanLog(full, verifier, undefined)
  const anchor = verifier.verify(commit.note)
  for (const size of accepted) {
    await expect(scanLog(memoryFile(small.bytes.subarray(0, size)), verifier, anchor)).rejects.toEqual(corrupt)
  }
})

test('swapped, doubled, removed and spliced records are detected', async () => {
  const [start = 0] = original.ends
  const frameAt = (at: number): Buffer => original.bytes.subarray(at, at + 5 + original.bytes.readUInt32BE(at + 1))
  const head = original.bytes.subarray(0, start)
  const one = frameAt(start)
  const two = frameAt(start + one.length)
  const after = original.bytes.subarray(start + one.length + two.length)
  const other = (await writeLog([3])).bytes
  for (const forged of [
    [head, two, one, after],
    [head, one, one, two, after],
    [head, two, after],
    [other, original.bytes.subarray(original.ends[1])],
  ]) {
    expect(await verifyBytes(Buffer.concat(forged))).toBe('AUDIT_CORRUPT')
  }
})

test('a log signed with another key is refused', async () => {
  const directory = writeDirectory(original.bytes)
  const other = generateKeyPairSync('ed25519')
  await expect(openAuditLog({ directory, signingKey: other, origin })).rejects.toEqual(corrupt)
})

test('opening and verifying files refuse a change just as in memory, and change nothing', async () => {
  const step = Math.ceil(original.bytes.length / 12)
  for (let at = 40; at < original.bytes.length; at += step) {
    const bytes = flipped(original.bytes, at, 4)
    const directory = writeDirectory(bytes)
    await expect(verifyAuditLog({ directory, verifierKey })).rejects.toEqual(corrupt)
    const log = await openAuditLog({ directory, signingKey, origin }).catch((error: unknown) => {
      expect(error).toEqual(corrupt)
    })
    if (log !== undefined) {
      await expect(log.verify()).rejects.toEqual(corrupt)
      await log.close()
    }
    expect(readFileSync(join(directory, 'entries.log')).equals(bytes)).toBe(true)
  }
})

test('a log file that others can read, or with a second name, is not opened', async () => {
  const directory = writeDirectory(original.bytes)
  chmodSync(join(directory, 'entries.log'), 0o644)
  await expect(openAuditLog({ directory, signingKey, origin })).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    message: expect.stringContaining('mode 644'),
  })
})
