import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type EntryProof,
  openAuditLog,
  verifyAuditLog,
  verifyEntryProof,
  verifyServedAuditLog,
} from '../src/audit/index.ts'
import { tilePath } from '../src/audit/tile-layout.ts'
import {
  codeOf,
  entry,
  flipped,
  newDirectory,
  origin,
  temporaryDirectory,
  verifierKey,
  writeLog,
} from './support/audit.ts'

const judge = (proof: unknown, key = verifierKey, anchor?: string): string => {
  try {
    verifyEntryProof(proof, { verifierKey: key, anchor })
    return 'accepted'
  } catch (error) {
    return (error as { code: string }).code
  }
}
const copyOf = (proof: EntryProof): EntryProof => JSON.parse(JSON.stringify(proof)) as EntryProof

test('a proof says to whoever has the first key what an entry is, where it stands, and what the log goes on from', async () => {
  const log = await writeLog(newDirectory(), [300])
  const older = log.checkpoint()
  await Promise.all(Array.from({ length: 100 }, (_, index) => log.append(entry(300 + index))))
  const proof = copyOf(await log.prove(7, 300))
  expect(verifyEntryProof(proof, { verifierKey, anchor: older })).toMatchObject({
    index: 7,
    record: { action: 'act-7' },
    checkpoint: { origin, size: 400 },
    since: { size: 300 },
  })
  expect(judge(await log.prove(7), verifierKey, log.checkpoint())).toBe('accepted')
  // It says nothing of the older state that was kept.
  expect(judge(await log.prove(7), verifierKey, older)).toBe('AUDIT_CORRUPT')
  expect(await codeOf(log.prove(400))).toBe('USAGE')
  expect(await codeOf(log.prove(0, 401))).toBe('USAGE')
  await log.close()
})

test('a proof that was changed in any part is refused', async () => {
  const log = await writeLog(newDirectory(), [300, 100])
  const other = await writeLog(newDirectory(), [300, 100])
  const proof = copyOf(await log.prove(7, 300))
  const foreign = await other.prove(7, 300)
  const since = proof.since ?? { size: 1, root: '', hashes: [] }
  const forgeries: Record<string, unknown> = {
    'another place': { ...proof, index: 8 },
    'another record': { ...proof, record: proof.record.replace('act-7', 'act-8') },
    'no record': { ...proof, record: '{}' },
    'a hash less': { ...proof, hashes: proof.hashes.slice(1) },
    'hashes of another log': { ...proof, hashes: foreign.hashes },
    'a checkpoint of another log': { ...proof, checkpoint: foreign.checkpoint },
    'another size': { ...proof, checkpoint: proof.checkpoint.replace('\n400\n', '\n401\n') },
    'another beginning': { ...proof, since: { ...since, size: 299 } },
    'a root of another log': { ...proof, since: foreign.since },
    'one thing more': { ...proof, note: 'believe me' },
    'another document': [],
  }
  for (const [what, forged] of Object.entries(forgeries)) expect([what, judge(forged)]).toEqual([what, 'AUDIT_CORRUPT'])
  expect(judge(proof)).toBe('accepted')
  expect(judge(proof, 'nonsense')).toBe('USAGE')
  await Promise.all([log.close(), other.close()])
})

test('a proof from a later epoch holds by the first key, through the seals, and by no other way', async () => {
  const folder = temporaryDirectory()
  const epochs = { keyFile: join(folder, 'key') }
  const log = await openAuditLog({ directory: join(folder, 'audit'), origin, epochs })
  for (let epoch = 0; epoch < 3; epoch += 1) {
    await log.append(entry(epoch))
    await log.sealEpoch()
  }
  const justSealed = await log.prove(0)
  expect(judge(justSealed, log.verifierKey)).toBe('accepted')
  await log.append(entry(3))
  const proof = copyOf(await log.prove(2, 1))
  expect(proof.seals).toHaveLength(3)
  expect(judge(proof, log.verifierKey)).toBe('accepted')
  const [first, second, third] = proof.seals
  for (const seals of [
    [],
    [first, second],
    [second, third],
    [first, third, second],
    [first, second, third, third],
    [first, { ...second, root: first?.root }, third],
    [first, { ...second, size: 2 }, third],
  ]) {
    expect(judge({ ...proof, seals }, log.verifierKey)).toBe('AUDIT_CORRUPT')
  }
  await log.close()
})

test('an export is tiles and a checkpoint that others may read, verifies by the first key, and not once it is changed', async () => {
  const log = await writeLog(newDirectory(), [300, 300])
  const target = join(temporaryDirectory(), 'export')
  expect(await log.export(target)).toMatchObject({ origin, size: 600 })
  const verify = (anchor?: string): Promise<string> =>
    codeOf(verifyServedAuditLog({ directory: target, verifierKey, anchor }))
  expect(await verify(log.checkpoint())).toBe('accepted')
  const files = readdirSync(target, { recursive: true })
    .map((name) => statSync(join(target, String(name))))
    .filter((stats) => stats.isFile())
  // A checkpoint; three bundles, their three tiles of hashes, and the one above them.
  expect(files.map(({ mode }) => mode & 0o777)).toEqual(Array.from({ length: 8 }, () => 0o644))
  expect(await codeOf(log.export(target))).toBe('USAGE')
  for (const path of ['checkpoint', tilePath(0, 1), tilePath('entries', 2, 88)]) {
    const bytes = readFileSync(join(target, path))
    writeFileSync(join(target, path), flipped(Buffer.from(bytes), bytes.length >> 1, 1))
    expect([path, await verify()]).toEqual([path, 'AUDIT_CORRUPT'])
    writeFileSync(join(target, path), bytes)
  }
  await log.append(entry(600))
  expect(await verify(log.checkpoint())).toBe('AUDIT_CORRUPT')
  rmSync(join(target, 'checkpoint'))
  expect(await verify()).toBe('AUDIT_CORRUPT')
  writeFileSync(join(target, 'not-a-directory'), '')
  expect(await codeOf(log.export(join(target, 'not-a-directory')))).toBe('FILE_UNREADABLE')
  await log.close()
})

test("a copy of a log's directory verifies whoever may read it, and an empty log is not exported", async () => {
  const directory = newDirectory()
  await (await writeLog(directory, [5])).close()
  chmodSync(join(directory, 'checkpoint'), 0o644)
  expect(await codeOf(verifyAuditLog({ directory, verifierKey }))).toBe('FILE_UNREADABLE')
  expect(await codeOf(verifyServedAuditLog({ directory, verifierKey }))).toBe('accepted')
  const log = await writeLog(newDirectory(), [])
  expect(await codeOf(log.export(join(temporaryDirectory(), 'export')))).toBe('USAGE')
  await log.close()
})
