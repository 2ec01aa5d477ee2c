import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeFrame } from '../src/audit/frame.ts'
import { loadLog } from '../src/audit/load-log.ts'
import { openAuditLog } from '../src/audit/log.ts'
import { verifyAuditLog, verifyLog } from '../src/audit/verify-log.ts'
import {
  changed,
  codeOf,
  filesOf,
  flipped,
  imageOf,
  isSigned,
  type LogImage,
  newDirectory,
  origin,
  record,
  signingKey,
  verifierKey,
  writeLog,
} from './support/audit.ts'

const corrupt = expect.objectContaining({ code: 'AUDIT_CORRUPT' })
const journalPath = 'journal/0000000000000300'

/** 300 entries in tiles, and 11 of three commits behind them in the journal, with the checkpoint over all. */
const makeImage = async (): Promise<{ image: LogImage; anchor: string; ends: number[] }> => {
  const directory = newDirectory()
  await (await writeLog(directory, [20, 1, 279])).close()
  const ends: number[] = []
  const log = await writeLog(directory, [])
  for (const count of [0, 6, 1, 4]) {
    await writeLogInto(log, count)
    ends.push(imageOf(directory).get(journalPath)?.length ?? 0)
  }
  const image = imageOf(directory)
  const anchor = log.checkpoint()
  await log.close()
  return { image, anchor, ends }
}
const writeLogInto = async (log: Awaited<ReturnType<typeof writeLog>>, count: number): Promise<void> => {
  const entries = Array.from({ length: count }, (_, index) => ({
    category: 'operation' as const,
    actor: 'user:b',
    action: `late-${index}`,
    resource: 'model:digits',
    outcome: 'succeeded' as const,
  }))
  await Promise.all(entries.map((entry) => log.append(entry)))
}
let remembered: ReturnType<typeof makeImage> | undefined
const made = (): ReturnType<typeof makeImage> => {
  remembered ??= makeImage()
  return remembered
}
const judge = async (image: LogImage, anchor?: string): Promise<string> =>
  codeOf(verifyLog(filesOf(image), { verifierKey, anchor }))

test('the log that was written verifies, with the anchor and without', async () => {
  const { image, anchor } = await made()
  expect([...image.keys()].sort()).toEqual([
    'checkpoint',
    journalPath,
    'tile/0/000',
    'tile/0/001.p/44',
    'tile/1/000.p/1',
    'tile/entries/000',
    'tile/entries/001.p/44',
  ])
  expect(await judge(image)).toBe('accepted')
  expect(await judge(image, anchor)).toBe('accepted')
})

test('a flip in any file is detected: bytes spread over every one', async () => {
  const { image } = await made()
  const missed: string[] = []
  for (const [path, { length }] of image) {
    const step = length > 6000 ? 499 : 13
    for (let at = length % step; at < length; at += step) {
      const forged = changed(image, path, (bytes) => flipped(bytes, at, 1 << (at % 8)))
      if ((await judge(forged)) !== 'AUDIT_CORRUPT') missed.push(`${path} ${at}`)
    }
  }
  expect(missed).toEqual([])
})

test('a file that is gone, cut, longer, or another is detected', async () => {
  const { image, anchor } = await made()
  const other = newDirectory()
  await (await writeLog(other, [310])).close()
  const forgeries: (readonly [string, LogImage])[] = []
  for (const [path, bytes] of image) {
    forgeries.push([`${path} gone`, changed(image, path, () => undefined)])
    forgeries.push([`${path} longer`, changed(image, path, (old) => Buffer.concat([old, Buffer.alloc(1)]))])
    const step = Math.ceil(bytes.length / 25)
    for (let size = 0; size < bytes.length; size += step) {
      forgeries.push([`${path} ${size}`, changed(image, path, (old) => old.subarray(0, size))])
    }
    const foreign = imageOf(other).get(path)
    if (foreign !== undefined && !foreign.equals(bytes)) {
      forgeries.push([`${path} of another log`, changed(image, path, () => foreign)])
    }
  }
  const missed: string[] = []
  for (const [name, forged] of forgeries) if ((await judge(forged, anchor)) !== 'AUDIT_CORRUPT') missed.push(name)
  expect(missed).toEqual([])
  expect(forgeries.length).toBeGreaterThan(100)
})

test('a truncation of the journal is detected, save that to an earlier commit, which an anchor detects', async () => {
  const { image, anchor, ends } = await made()
  const accepted: number[] = []
  const length = image.get(journalPath)?.length ?? 0
  const sizes = new Set([...ends.slice(0, -1), ...Array.from({ length: Math.floor(length / 17) }, (_, at) => at * 17)])
  for (const size of [...sizes].sort((left, right) => left - right)) {
    const forged = changed(image, journalPath, (bytes) => bytes.subarray(0, size))
    if ((await judge(forged)) === 'accepted') accepted.push(size)
    expect(await judge(forged, anchor)).toBe('AUDIT_CORRUPT')
  }
  expect(accepted).toEqual(ends.slice(0, -1))
})

test('swapped, doubled, removed and spliced records are detected in the journal and in the bundles', async () => {
  const { image } = await made()
  const journal = image.get(journalPath) ?? Buffer.alloc(0)
  const start = 5 + journal.readUInt32BE(1)
  const one = journal.subarray(start, start + 5 + journal.readUInt32BE(start + 1))
  const second = start + one.length
  const two = journal.subarray(second, second + 5 + journal.readUInt32BE(second + 1))
  const [head, after] = [journal.subarray(0, start), journal.subarray(second + two.length)]
  const splice = encodeFrame('record', record(7))
  for (const parts of [
    [head, two, one, after],
    [head, one, one, two, after],
    [head, two, after],
    [head, splice, two, after],
    [head, one, two, after, splice],
  ]) {
    expect(await judge(changed(image, journalPath, () => Buffer.concat(parts)))).toBe('AUDIT_CORRUPT')
  }
  const bundle = 'tile/entries/000'
  const bytes = image.get(bundle) ?? Buffer.alloc(0)
  const firstEnd = 2 + bytes.readUInt16BE(0)
  const secondEnd = firstEnd + 2 + bytes.readUInt16BE(firstEnd)
  const [first, next, rest] = [
    bytes.subarray(0, firstEnd),
    bytes.subarray(firstEnd, secondEnd),
    bytes.subarray(secondEnd),
  ]
  for (const parts of [
    [next, first, rest],
    [first, first, rest],
    [next, rest],
    [first, first, next, rest],
  ]) {
    expect(await judge(changed(image, bundle, () => Buffer.concat(parts)))).toBe('AUDIT_CORRUPT')
  }
})

test('opening never cuts an acknowledged entry from a journal with one changed byte: it refuses, or keeps all', async () => {
  const { image } = await made()
  const length = image.get(journalPath)?.length ?? 0
  const wrong: number[] = []
  for (let at = 0; at < length; at += 1) {
    const forged = filesOf(changed(image, journalPath, (bytes) => flipped(bytes, at, 1 << (at % 8))))
    const code = await loadLog(forged, origin, isSigned).then(
      ({ last, remains }) => (last.size === 311 && remains === undefined ? 'whole' : 'cut'),
      (error: { code: string }) => error.code,
    )
    // The signature of an older checkpoint is left to verify(): opening checks the last, which covers all before it.
    if (code !== 'AUDIT_CORRUPT' && code !== 'whole') wrong.push(at)
  }
  expect(wrong).toEqual([])
})

test('a changed tile is detected by whoever opens the log or reads a proof or an entry from it', async () => {
  const directory = newDirectory()
  await (await writeLog(directory, [600])).close()
  const image = imageOf(directory)
  const refusals: string[] = []
  for (const path of ['tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/000']) {
    writeFileSync(join(directory, path), flipped(Buffer.from(image.get(path) ?? ''), 40, 1))
    refusals.push(
      await codeOf(
        openAuditLog({ directory, signingKey, origin }).then(async (log) => {
          const codes = [
            await codeOf(log.proveInclusion(3)),
            await codeOf(log.entries()[Symbol.asyncIterator]().next()),
          ]
          await log.close()
          throw Object.assign(new Error('a reading failed'), { code: codes.join() })
        }),
      ),
    )
    writeFileSync(join(directory, path), image.get(path) ?? '')
  }
  expect(refusals).toEqual(['AUDIT_CORRUPT,AUDIT_CORRUPT', 'AUDIT_CORRUPT', 'AUDIT_CORRUPT', 'accepted,AUDIT_CORRUPT'])
})

test('a log signed with another key is refused', async () => {
  const directory = newDirectory()
  await (await writeLog(directory, [3])).close()
  const other = generateKeyPairSync('ed25519')
  await expect(openAuditLog({ directory, signingKey: other, origin })).rejects.toEqual(corrupt)
})

test('a journal that others can read, or with a second name, is not opened', async () => {
  const directory = newDirectory()
  await (await writeLog(directory, [3])).close()
  chmodSync(join(directory, 'journal/0000000000000003'), 0o644)
  await expect(openAuditLog({ directory, signingKey, origin })).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    message: expect.stringMatching(/mode 0?644/),
  })
  await expect(verifyAuditLog({ directory, verifierKey })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})
