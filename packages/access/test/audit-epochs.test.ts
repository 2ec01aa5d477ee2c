import { createHash, createSecretKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createManualClock, systemClock, systemRandom } from '@nootropic/core'
import { expect, test, vi } from 'vitest'
import { createCheckpointSigner } from '../src/audit/checkpoint.ts'
import { openEpochKeys } from '../src/audit/epoch-keys.ts'
import { encodeFrame } from '../src/audit/frame.ts'
import { openAuditLog, type SignedAuditLog, verifyAuditLog } from '../src/audit/index.ts'
import { hashLeaf } from '../src/audit/merkle.ts'
import { encodeRecord } from '../src/audit/record.ts'
import { rootOf, segmentRecords } from '../src/audit/segment-reader.ts'
import { createTileTree } from '../src/audit/tile-tree.ts'
import { verifyLog } from '../src/audit/verify-log.ts'
import {
  codeOf,
  collect,
  entry,
  filesOf,
  imageOf,
  type LogImage,
  newDirectory,
  origin,
  signingKey,
  temporaryDirectory,
} from './support/audit.ts'

interface Opened {
  readonly log: SignedAuditLog
  readonly directory: string
  readonly keyFile: string
}

const openEpochs = async (
  options: { directory?: string; keyFile?: string; maximumEntries?: number } = {},
  clock = createManualClock('2026-01-01T00:00:00Z'),
): Promise<Opened> => {
  const { directory = newDirectory(), keyFile = join(temporaryDirectory(), 'key'), maximumEntries = 1000 } = options
  const log = await openAuditLog({ directory, origin, clock, epochs: { keyFile, maximumEntries, maximumMinutes: 60 } })
  return { log, directory, keyFile }
}
const append = async (log: SignedAuditLog, from: number, count: number): Promise<void> => {
  for (let number = from; number < from + count; number += 1) await log.append(entry(number))
}
const actionsOf = async (log: SignedAuditLog): Promise<string[]> =>
  (await collect(log.entries())).map(({ action }) => action)

/** What an attacker can make of records with the key that he took: a whole log in one commit. */
const forge = (records: readonly Buffer[], key: Parameters<typeof createCheckpointSigner>[1]): LogImage => {
  const signNote = createCheckpointSigner(origin, key)
  const tree = createTileTree()
  const note = (): Buffer =>
    encodeFrame('checkpoint', Buffer.from(signNote({ origin, size: tree.size, root: rootOf(tree) })))
  const frames = [note()]
  for (const record of records) {
    tree.append(hashLeaf(record))
    frames.push(encodeFrame('record', record))
  }
  return new Map([['journal/0000000000000000', Buffer.concat([...frames, note()])]])
}

/** A log of three epochs of three entries, open in the fourth, with what an attacker finds on the machine. */
const threeEpochs = async () => {
  const { log, directory, keyFile } = await openEpochs()
  for (const epoch of [0, 1, 2]) {
    await append(log, epoch * 3, 3)
    await log.sealEpoch()
  }
  await append(log, 9, 2)
  const image = imageOf(directory)
  const records = segmentRecords(image.get('journal/0000000000000000') ?? Buffer.alloc(0))
  const stolen = (await openEpochKeys(keyFile, origin, { random: systemRandom, clock: systemClock })).key
  const { verifierKey } = log
  const judge = (forged: LogImage): Promise<string> => codeOf(verifyLog(filesOf(forged), { verifierKey }))
  await log.close()
  return { image, records, stolen, judge }
}

test('epochs end after so many entries and after so long, and the whole log verifies by its first key', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const { log, directory, keyFile } = await openEpochs({ maximumEntries: 5 }, clock)
  const first = log.verifierKey
  const sealed = async (): Promise<number> => (await actionsOf(log)).filter((action) => action === 'seal-epoch').length
  await append(log, 0, 12)
  await vi.waitFor(async () => expect(await sealed()).toBeGreaterThanOrEqual(1))
  const before = await sealed()
  clock.advance(3_600_000)
  await append(log, 12, 1)
  await vi.waitFor(async () => expect(await sealed()).toBeGreaterThan(before))
  await append(log, 13, 1)
  expect((await log.verify()).origin).toBe(origin)
  const anchor = log.checkpoint()
  await log.close()
  const { log: again } = await openEpochs({ directory, keyFile }, clock)
  expect(again.verifierKey).toBe(first)
  await append(again, 14, 1)
  await again.sealEpoch()
  await again.verify(anchor)
  await again.close()
  expect((await verifyAuditLog({ directory, verifierKey: first, anchor })).origin).toBe(origin)
})

test('the key file never holds a key of an epoch that has ended', async () => {
  const { log, keyFile } = await openEpochs()
  const seen: string[] = []
  for (let epoch = 0; epoch < 4; epoch += 1) {
    const content = readFileSync(keyFile, 'utf8')
    for (const seed of seen) expect(content).not.toContain(seed)
    expect(JSON.parse(content).nextSeed).toBeUndefined()
    seen.push(JSON.parse(content).seed)
    await append(log, epoch, 1)
    await log.sealEpoch()
  }
  expect(new Set(seen).size).toBe(4)
  await log.close()
})

test('a crash at any moment of a seal leaves a log that opens, with one key and the past verifiable', async () => {
  const { log, directory, keyFile } = await openEpochs()
  const folder = temporaryDirectory()
  await append(log, 0, 2)
  cpSync(directory, join(folder, 'before'), { recursive: true })
  // The next key is on disk, the seal is not; then the seal is, and the old key still there.
  await (await openEpochKeys(keyFile, origin, { random: systemRandom, clock: systemClock })).prepare()
  copyFileSync(keyFile, join(folder, 'prepared'))
  await log.close()
  copyFileSync(join(folder, 'prepared'), keyFile)
  const { log: abandoned } = await openEpochs({ directory, keyFile })
  await append(abandoned, 2, 1)
  await abandoned.sealEpoch()
  await append(abandoned, 3, 1)
  await abandoned.verify()
  expect(abandoned.verifierKey).toBe(log.verifierKey)
  await abandoned.close()
})

test('a seal that is on disk while its old key still is goes over to the next key at the next opening', async () => {
  const { log, directory, keyFile } = await openEpochs()
  await append(log, 0, 2)
  let prepared = ''
  const folder = temporaryDirectory()
  const sealing = log.sealEpoch()
  // The file as it is between the two steps of a seal: with the present and the next key.
  while (prepared === '') {
    const content = readFileSync(keyFile, 'utf8')
    if (content.includes('nextSeed')) prepared = content
    else await new Promise(setImmediate)
  }
  await sealing
  cpSync(directory, join(folder, 'audit'), { recursive: true, filter: (name) => !name.includes('writer') })
  const { verifierKey } = log
  await log.close()
  writeFileSync(join(folder, 'key'), prepared, { mode: 0o600 })
  const { log: next, keyFile: nextFile } = await openEpochs({
    directory: join(folder, 'audit'),
    keyFile: join(folder, 'key'),
  })
  expect(JSON.parse(readFileSync(nextFile, 'utf8')).nextSeed).toBeUndefined()
  await append(next, 3, 1)
  expect((await next.verify()).size).toBe(4)
  expect(next.verifierKey).toBe(verifierKey)
  await next.close()
})

test('journald CVE-2023-31437, hiding entries: entries taken out of an older epoch are missed, whoever signs what is left', async () => {
  const { records, stolen, judge, image } = await threeEpochs()
  expect(await judge(image)).toBe('accepted')
  // With all records in place, only the sealed past can be told from a forgery: the attacker signs the rest himself.
  for (const hidden of [0, 4, 9]) {
    expect(
      await judge(
        forge(
          records.filter((_, index) => index !== hidden),
          stolen,
        ),
      ),
    ).toBe('AUDIT_CORRUPT')
  }
})

test('journald CVE-2023-31438, truncating and resuming: a log cut to an older epoch cannot be gone on with', async () => {
  const { records, stolen, judge } = await threeEpochs()
  const later = [20, 21].map((number) => encodeRecord(entry(number), '2026-01-01T00:00:00.000Z'))
  // Cut inside an epoch, after a seal, and to nothing.
  for (const size of [0, 2, 4, 6, 8]) {
    expect(await judge(forge([...records.slice(0, size), ...later], stolen))).toBe('AUDIT_CORRUPT')
  }
})

test('journald CVE-2023-31438, empty epochs: a stretch of time without entries is sealed and cannot be filled later', async () => {
  const { log, directory, keyFile } = await openEpochs()
  await append(log, 0, 1)
  for (let epoch = 0; epoch < 3; epoch += 1) await log.sealEpoch()
  expect((await actionsOf(log)).slice(1)).toEqual(['seal-epoch', 'seal-epoch', 'seal-epoch'])
  const records = segmentRecords(imageOf(directory).get('journal/0000000000000000') ?? Buffer.alloc(0))
  const stolen = (await openEpochKeys(keyFile, origin, { random: systemRandom, clock: systemClock })).key
  const added = encodeRecord(entry(9), '2026-01-01T00:00:00.000Z')
  const forged = forge([...records.slice(0, 2), added, ...records.slice(2)], stolen)
  expect(await codeOf(verifyLog(filesOf(forged), { verifierKey: log.verifierKey }))).toBe('AUDIT_CORRUPT')
  await log.close()
})

test('journald CVE-2023-31439, sealing again: the present key cannot sign older entries, nor seal their epochs anew', async () => {
  const { records, stolen, judge } = await threeEpochs()
  const other = encodeRecord(entry(77), '2026-01-01T00:00:00.000Z')
  for (const changed of [0, 5, 8]) {
    expect(
      await judge(
        forge(
          records.map((record, index) => (index === changed ? other : record)),
          stolen,
        ),
      ),
    ).toBe('AUDIT_CORRUPT')
  }
  // A seal made with the stolen key in the place of the first.
  const seal = JSON.parse(records[3]?.toString() ?? '')
  const tree = createTileTree()
  for (const record of [other, ...records.slice(1, 3)]) tree.append(hashLeaf(record))
  const text = `nootropic audit epoch v1\n${origin}\n3\n${rootOf(tree)}\n${seal.details.nextVerifierKey}\n`
  seal.details.signature = sign(null, Buffer.from(text), stolen.privateKey).toString('base64')
  const resealed = [other, ...records.slice(1, 3), encodeRecord(seal, seal.time), ...records.slice(4)]
  expect(await judge(forge(resealed, stolen))).toBe('AUDIT_CORRUPT')
})

test('an unsealed file and one sealed by a wrong key do not pass', async () => {
  const { records, image, judge } = await threeEpochs()
  expect(await judge(forge(records, generateKeyPairSync('ed25519')))).toBe('AUDIT_CORRUPT')
  const path = 'journal/0000000000000000'
  const unsealed = new Map(image).set(path, Buffer.concat(records.map((record) => encodeFrame('record', record))))
  expect(await judge(unsealed)).toBe('AUDIT_CORRUPT')
  const other = await openEpochs()
  const { verifierKey } = other.log
  await other.log.close()
  expect(await codeOf(verifyLog(filesOf(image), { verifierKey }))).toBe('AUDIT_CORRUPT')
})

test('nobody but the log itself appends in its name, and a log has one kind of key', async () => {
  const { log, directory, keyFile } = await openEpochs()
  await expect(log.append({ ...entry(0), actor: 'system:audit-log' })).rejects.toMatchObject({ code: 'USAGE' })
  await log.close()
  const signingKey = generateKeyPairSync('ed25519')
  await expect(openAuditLog({ directory, origin })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(openAuditLog({ directory, origin, signingKey, epochs: { keyFile } })).rejects.toMatchObject({
    code: 'USAGE',
  })
  const plain = await openAuditLog({ directory: newDirectory(), origin, signingKey })
  await expect(plain.sealEpoch()).rejects.toMatchObject({ code: 'USAGE' })
  await plain.close()
  writeFileSync(keyFile, createHash('sha256').digest('hex'))
  await expect(openEpochs({ directory, keyFile })).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
})

test('an epoch goes on through openings and ends on time without an entry, and a log with one key has none to end', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const { log, directory, keyFile } = await openEpochs({}, clock)
  await append(log, 0, 1)
  await log.close()
  clock.advance(40 * 60_000)
  const { log: again } = await openEpochs({ directory, keyFile }, clock)
  await again.sealDueEpoch()
  expect(await actionsOf(again)).toHaveLength(1)
  clock.advance(20 * 60_000)
  await again.sealDueEpoch()
  expect((await actionsOf(again)).at(-1)).toBe('seal-epoch')
  await again.sealDueEpoch()
  expect(await actionsOf(again)).toHaveLength(2)
  await again.close()
  const plain = await openAuditLog({ directory: newDirectory(), signingKey, origin, clock })
  clock.advance(24 * 3_600_000)
  await plain.sealDueEpoch()
  await plain.close()
})

test('a key file that is encrypted opens with its secret, and not with another or with none', async () => {
  const [secret, other] = [createSecretKey(Buffer.alloc(32, 1)), createSecretKey(Buffer.alloc(32, 2))]
  const directory = newDirectory()
  const keyFile = join(temporaryDirectory(), 'key')
  const open = (key?: KeyObject): Promise<SignedAuditLog> =>
    openAuditLog({ directory, origin, epochs: { keyFile, secret: key } })
  const log = await open(secret)
  await append(log, 0, 1)
  await log.sealEpoch()
  await log.close()
  expect(readFileSync(keyFile).includes('seed')).toBe(false)
  for (const wrong of [other, undefined]) expect(await codeOf(open(wrong))).toBe('AUDIT_UNAVAILABLE')
  const again = await open(secret)
  await append(again, 2, 1)
  expect((await again.verify()).size).toBe(3)
  await again.close()
})
