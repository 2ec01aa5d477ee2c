import { generateKeyPairSync } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createCommitter } from '../src/audit/committer.ts'
import {
  formatAuditRecord,
  hashLeaf,
  openAuditLog,
  type SignedAuditLog,
  verifyAuditLog,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from '../src/audit/index.ts'
import { createTileTree } from '../src/audit/tile-tree.ts'
import {
  collect,
  entry,
  newDirectory,
  origin,
  record,
  signingKey,
  temporaryDirectory,
  verifierKey,
} from './support/audit.ts'

const clock = createManualClock('2026-01-01T00:00:00Z')
const open = (directory: string, anchor?: string): Promise<SignedAuditLog> =>
  openAuditLog({ directory, signingKey, origin, clock, anchor })

test('entries come back in order, with time and actor, in each of the three views', async () => {
  const log = await open(newDirectory())
  for (const [number, category] of (['access', 'operation', 'security', 'access'] as const).entries()) {
    const receipt = await log.append({ ...entry(number), category, reason: 'because', details: { number } })
    expect(receipt.index).toBe(number)
  }
  const all = await collect(log.entries())
  expect(all.map(({ action, time, actor }) => [action, time, actor])).toEqual(
    [0, 1, 2, 3].map((number) => [`act-${number}`, '2026-01-01T00:00:00.000Z', 'user:a']),
  )
  const view = await collect(log.entries({ category: 'access' }))
  expect(view.map(({ index }) => index)).toEqual([0, 3])
  await log.close()
})

test('appends at the same moment share commits, keep their order, and are all there after reopening', async () => {
  const directory = newDirectory()
  const log = await open(directory)
  const receipts = await Promise.all(Array.from({ length: 500 }, (_, number) => log.append(entry(number))))
  expect(receipts.map(({ index }) => index)).toEqual(Array.from({ length: 500 }, (_, index) => index))
  await log.close()
  const again = await open(directory)
  expect((await again.verify()).size).toBe(500)
  expect((await verifyAuditLog({ directory, verifierKey })).size).toBe(500)
  await again.close()
})

test('files are 0600 in a directory 0700', async () => {
  const directory = newDirectory()
  const log = await open(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777])).toEqual([
    ['journal', 0o700],
    ['writer.1', 0o600],
  ])
  await log.close()
})

test('a checkpoint is a C2SP signed note of three lines', async () => {
  const log = await open(newDirectory())
  await log.append(entry(0))
  const { size, root } = verifyCheckpoint(log.checkpoint(), log.verifierKey)
  expect(log.checkpoint()).toMatch(
    new RegExp(`^${origin}\n1\n[A-Za-z0-9+/]{43}=\n\n\u2014 ${origin} [A-Za-z0-9+/=]{92}\n$`),
  )
  expect(size).toBe(1)
  expect(root).toBe((await log.proveInclusion(0)).leafHash)
  await log.close()
})

test('a note of another origin, another key, or with another line is refused', async () => {
  const log = await open(newDirectory())
  const note = log.checkpoint()
  const other = await openAuditLog({ directory: newDirectory(), signingKey: generateKeyPairSync('ed25519'), origin })
  for (const forged of [
    other.checkpoint(),
    note.replaceAll(origin, 'example.org/other'),
    note.replace('\n0\n', '\n00\n'),
    note.replace('\n0\n', '\n1\n'),
    note.replace('\n\n', '\nextension\n\n'),
    note.slice(0, -1),
    note.replace('\u2014', '-'),
    '',
    `${note}${'x'.repeat(5000)}`,
  ]) {
    expect(() => verifyCheckpoint(forged, log.verifierKey)).toThrow(expect.objectContaining({ code: 'AUDIT_CORRUPT' }))
  }
  const witnessed = `${note}\u2014 witness.example AAAAAA==\n`
  expect(verifyCheckpoint(witnessed, log.verifierKey).size).toBe(0)
  expect(() => verifyCheckpoint(note, 'no key')).toThrow(expect.objectContaining({ code: 'USAGE' }))
  await Promise.all([log.close(), other.close()])
})

test('each entry and each older state of the log can be proved', async () => {
  const log = await open(newDirectory())
  const notes: string[] = []
  for (let number = 0; number < 13; number += 1) {
    await log.append(entry(number))
    notes.push(log.checkpoint())
  }
  const now = verifyCheckpoint(log.checkpoint(), log.verifierKey)
  for (let index = 0; index < 13; index += 1) {
    const proof = await log.proveInclusion(index)
    expect(proof).toMatchObject({ index, size: 13, root: now.root })
    expect(proof.leafHash).toBe(hashLeaf(record(index)).toString('base64'))
    verifyInclusion(proof)
    const older = verifyCheckpoint(notes[index] ?? '', log.verifierKey)
    const consistency = await log.proveConsistency(index + 1)
    expect(consistency.from).toEqual({ size: older.size, root: older.root })
    verifyConsistency(consistency)
    await log.verify(notes[index])
  }
  for (const wrong of [-1, 13, 0.5]) await expect(log.proveInclusion(wrong)).rejects.toMatchObject({ code: 'USAGE' })
  for (const wrong of [0, 14]) await expect(log.proveConsistency(wrong)).rejects.toMatchObject({ code: 'USAGE' })
  await log.close()
})

test('a log rolled back to an older signed state is refused by whoever kept a newer checkpoint', async () => {
  const directory = newDirectory()
  const log = await open(directory)
  await log.append(entry(0))
  const path = join(directory, 'journal/0000000000000000')
  const older = readFileSync(path)
  await log.append(entry(1))
  const anchor = log.checkpoint()
  await log.close()
  await (await open(directory, anchor)).close()
  rmSync(directory, { recursive: true })
  mkdirSync(join(directory, 'journal'), { recursive: true, mode: 0o700 })
  writeFileSync(path, older, { mode: 0o600 })
  await expect(open(directory, anchor)).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
  await expect(verifyAuditLog({ directory, verifierKey, anchor })).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
  // Another second entry: a fork of the same length.
  const fork = await open(directory)
  await fork.append(entry(2))
  await expect(fork.verify(anchor)).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
  await fork.close()
})

test('a second opener is told who has the log and what to do', async () => {
  const directory = newDirectory()
  const log = await open(directory)
  await expect(open(directory)).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    message: expect.stringMatching(`only writer.*process ${process.pid} .*writer\\.1`),
  })
  await log.close()
  await (await open(directory)).close()
})

test('the lock of a process that is gone is taken over; that of another place is not', async () => {
  const directory = newDirectory()
  const log = await open(directory)
  const held = JSON.parse(readFileSync(join(directory, 'writer.1'), 'utf8'))
  await log.close()
  const openWith = async (number: number, lock: unknown): Promise<string> => {
    for (const name of readdirSync(directory)) if (name.startsWith('writer.')) unlinkSync(join(directory, name))
    writeFileSync(join(directory, `writer.${number}`), typeof lock === 'string' ? lock : JSON.stringify(lock), {
      mode: 0o600,
    })
    return open(directory).then(
      async (opened) => {
        await opened.close()
        return readdirSync(directory)
          .filter((name) => name.startsWith('writer.'))
          .join()
      },
      (error: { code: string }) => error.code,
    )
  }
  const [host] = String(held.place).split(' ')
  expect(await openWith(7, held)).toBe('AUDIT_UNAVAILABLE')
  expect(await openWith(7, '')).toBe('writer.8')
  expect(await openWith(7, { ...held, pid: 2 ** 30 })).toBe('writer.8')
  expect(await openWith(7, { ...held, pid: 2 ** 30, place: 'other-host pid:[1]' })).toBe('AUDIT_UNAVAILABLE')
  expect(await openWith(7, { ...held, pid: 2 ** 30, place: `${host} pid:[1]` })).toBe('AUDIT_UNAVAILABLE')
  expect(await openWith(7, { ...held, boot: 'before the last start', place: `${host} pid:[1]` })).toBe('writer.8')
  expect(await openWith(7, 'no lock')).toBe('AUDIT_UNAVAILABLE')
})

test('a directory that cannot be written is unavailable, and nothing is acknowledged', async () => {
  const file = join(temporaryDirectory(), 'file')
  writeFileSync(file, '')
  await expect(open(join(file, 'audit'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  const open755 = temporaryDirectory()
  chmodSync(open755, 0o755)
  await expect(open(open755)).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    message: expect.stringContaining('chmod 700'),
  })
  const link = join(temporaryDirectory(), 'link')
  symlinkSync(temporaryDirectory(), link)
  await expect(open(link)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
})

test('after one failed write every append fails, even if the disk would work again', async () => {
  let isBroken = true
  const written: Uint8Array[] = []
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (isBroken) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    written.push(bytes)
  }
  const last = { size: 0, note: '' }
  const committer = createCommitter({ path: 'audit', tree: createTileTree(), last, sign: () => 'note', write })
  const unavailable = { code: 'AUDIT_UNAVAILABLE', message: expect.stringContaining('no space left') }
  const first = [committer.append(record(0)), committer.append(record(1))]
  await expect(first[0]).rejects.toMatchObject(unavailable)
  await expect(first[1]).rejects.toMatchObject(unavailable)
  isBroken = false
  await expect(committer.append(record(2))).rejects.toMatchObject(unavailable)
  expect(committer.last.size).toBe(0)
  expect(written).toHaveLength(0)
})

test('a log whose file another program changes or removes takes nothing more', async () => {
  for (const change of [(path: string) => appendFileSync(path, 'x'), unlinkSync]) {
    const directory = newDirectory()
    const log = await open(directory)
    await log.append(entry(0))
    change(join(directory, 'journal/0000000000000000'))
    await expect(log.append(entry(1))).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
    await log.close()
  }
})

test('a closed log takes nothing more', async () => {
  const log = await open(newDirectory())
  const pending = log.append(entry(0))
  await log.close()
  expect((await pending).index).toBe(0)
  await expect(log.append(entry(1))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
})

test('what is no entry, or too large, is refused and the log goes on', async () => {
  const log = await open(newDirectory())
  await expect(log.append({ ...entry(0), reason: 'x'.repeat(70_000) })).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  })
  await expect(log.append({ ...entry(0), category: 'other' as 'access' })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(log.append({ ...entry(0), details: { a: Number.NaN } })).rejects.toMatchObject({ code: 'USAGE' })
  expect((await log.append(entry(0))).index).toBe(0)
  await log.close()
})

test('text in an entry cannot forge a line or a field in the view for people', async () => {
  const directory = newDirectory()
  const log = await open(directory)
  const hostile = 'x"\n2026-01-01T00:00:00.000Z security allowed user:root\r\u2028\u0085\u202e\u001b[2J\\u{a}'
  await log.append({ ...entry(0), actor: hostile, reason: hostile, details: { [hostile]: hostile } })
  const [stored] = await collect(log.entries())
  if (stored === undefined) throw new Error('expected the entry')
  const { index: _, ...plain } = stored
  expect(plain.actor).toBe(hostile)
  const line = formatAuditRecord(plain)
  expect(line).toMatch(/^[\x20-\x7e]+$/)
  const field =
    '"x\\"\\u{a}2026-01-01T00:00:00.000Z security allowed user:root\\u{d}\\u{2028}\\u{85}\\u{202e}\\u{1b}[2J\\\\u{a}"'
  expect(line.startsWith(`2026-01-01T00:00:00.000Z access allowed ${field} act-0 model:digits ${field} {`)).toBe(true)
  await log.close()
})

test('a key that is not Ed25519 and an origin that a checkpoint cannot hold are refused before anything is made', async () => {
  const directory = newDirectory()
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await expect(openAuditLog({ directory, signingKey: rsa, origin })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(openAuditLog({ directory, signingKey, origin: 'a b' })).rejects.toMatchObject({ code: 'USAGE' })
  expect(() => statSync(directory)).toThrow()
})

test('a text that was cut inside a character is recorded all the same', async () => {
  const log = await open(newDirectory())
  await log.append({ ...entry(0), reason: 'cut \ud83d', details: { cut: ['\ude00'] } })
  expect(await collect(log.entries())).toMatchObject([{ reason: 'cut \uFFFD', details: { cut: ['\uFFFD'] } }])
  await log.verify()
  await log.close()
})
