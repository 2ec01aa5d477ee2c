import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAuditLog, verifyAuditLog } from '@nootropic/access/audit'
import { type AuditEntry, createManualClock, systemRandom } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { AuditAnchor } from '../src/audit/anchor.ts'
import { openInstallationAuditLog } from '../src/audit/installation-audit-log.ts'
import { openKeys } from '../src/key-protection.ts'
import { openNootropic } from '../src/open.ts'

let root: string
let keys: KeyStore
let kept: string | undefined
const clock = createManualClock('2026-01-01T00:00:00Z')
const anchor: AuditAnchor = {
  read: async () => kept,
  write: async (checkpoint) => {
    kept = checkpoint
  },
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'nootropic-installation-log-'))
  kept = undefined
  keys = await openKeys({ directory: join(root, 'keys'), clock })
})
afterEach(() => rmSync(root, { recursive: true }))

const home = () => ({ root, audit: join(root, 'audit') })
const open = () => openInstallationAuditLog({ home: home(), keys, anchor, clock, random: systemRandom })
const entry = (action: string): AuditEntry => ({
  category: 'operation',
  actor: 'user:ada',
  action,
  resource: 'model:digits',
  outcome: 'succeeded',
})
const keyFile = () => join(root, 'audit-key/epoch')

test('a new log has epochs that end in time, goes on by its first key, and its keys are destroyed', async () => {
  const first = await open()
  await first.log.append(entry('one'))
  await first.tend()
  expect(kept).toBe(first.log.checkpoint())
  const key = readFileSync(keyFile(), 'utf8')
  clock.advance(3_600_000)
  await first.tend()
  expect((await first.log.tail(1))[0]?.action).toBe('seal-epoch')
  expect(readFileSync(keyFile(), 'utf8')).not.toBe(key)
  await first.close()
  const second = await open()
  await second.log.append(entry('two'))
  expect((await second.log.verify(kept)).size).toBe(3)
  const { verifierKey } = second.log
  await second.close()
  expect(verifierKey).toBe(first.log.verifierKey)
  expect((await verifyAuditLog({ directory: home().audit, verifierKey, anchor: kept })).size).toBe(3)
  // The key store, which is exported, has no key of it.
  expect((await keys.list()).map(({ purpose }) => purpose)).not.toContain('audit-checkpoint')
})

test('a log that was begun with a key of the key store goes on with it', async () => {
  const signingKey = await keys.signingKey('audit-checkpoint')
  const before = await openAuditLog({ directory: home().audit, origin: 'nootropic.local/audit', signingKey, clock })
  await before.append(entry('one'))
  kept = before.checkpoint()
  await before.close()
  const after = await open()
  await after.log.append(entry('two'))
  clock.advance(24 * 3_600_000)
  await after.tend()
  expect((await after.log.verify()).size).toBe(2)
  expect(after.log.verifierKey).toBe(before.verifierKey)
  expect(existsSync(keyFile())).toBe(false)
  await after.close()
})

test('a log that is gone, cut back, or without its key is refused, and nothing is made in its place', async () => {
  const log = await open()
  await log.log.append(entry('one'))
  await log.close()
  const corrupt = { code: 'AUDIT_CORRUPT' }
  renameSync(home().audit, join(root, 'elsewhere'))
  await expect(open()).rejects.toMatchObject(corrupt)
  expect(existsSync(home().audit)).toBe(false)
  renameSync(join(root, 'elsewhere'), home().audit)
  renameSync(keyFile(), join(root, 'epoch'))
  await expect(open()).rejects.toMatchObject(corrupt)
  renameSync(join(root, 'epoch'), keyFile())
  const again = await open()
  await again.log.append(entry('two'))
  await again.close()
  const path = join(home().audit, 'checkpoint')
  writeFileSync(path, readFileSync(path, 'utf8').replace('\n2\n', '\n1\n'))
  await expect(open()).rejects.toMatchObject(corrupt)
})

test('a log whose opening was stopped before it was begun has epochs all the same', async () => {
  for (const folder of ['audit', 'audit/journal', 'audit-key']) mkdirSync(join(root, folder), { mode: 0o700 })
  const log = await open()
  await log.log.append(entry('one'))
  await log.log.sealEpoch()
  await log.close()
  expect((await keys.list()).map(({ purpose }) => purpose)).not.toContain('audit-checkpoint')
})

test('a log has a checkpoint in the database from its beginning on, and is held against it', async () => {
  const log = await open()
  expect(kept).toBe(log.log.checkpoint())
  const begun = kept
  await log.log.append(entry('one'))
  await log.close()
  const after = kept
  // Another database, and one that knows nothing but the beginning of another log.
  kept = undefined
  await expect(open()).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining('without a checkpoint of the audit log'),
  })
  expect(kept).toBeUndefined()
  kept = after
  await (await open()).close()
  renameSync(home().audit, join(root, 'elsewhere'))
  renameSync(join(root, 'audit-key'), join(root, 'elsewhere-key'))
  kept = undefined
  await (await open()).close()
  kept = begun
  await expect(open()).rejects.toMatchObject({ code: 'AUDIT_CORRUPT' })
})

test('one program at a time has the log, even while its directory is gone', async () => {
  const first = await open()
  const held = { code: 'AUDIT_UNAVAILABLE', message: expect.stringContaining('only program') }
  await expect(open()).rejects.toMatchObject(held)
  renameSync(home().audit, join(root, 'elsewhere'))
  await expect(open()).rejects.toMatchObject(held)
  renameSync(join(root, 'elsewhere'), home().audit)
  await first.close()
  await (await open()).close()
})

test('where the audit log cannot be written, what must be on record is not done', async () => {
  const nootropic = await openNootropic({ home: join(root, 'home'), isolation: 'none', alertIntervalSeconds: 0 })
  onTestFinished(() => nootropic.close().catch(() => {}))
  const journal = join(root, 'home/audit/journal')
  // Another program writes into the log: it takes nothing more.
  for (const name of readdirSync(journal)) appendFileSync(join(journal, name), 'x')
  const refused = { code: expect.stringMatching(/^AUDIT_(CORRUPT|UNAVAILABLE)$/) }
  const subject = { type: 'user', id: 'ada' }
  const digits = { name: 'digits', version: '1.0.0' }
  const model = join(root, 'model.onnx')
  writeFileSync(model, 'weights')
  await expect(
    nootropic.keys.create({ subject, roles: [], expiresAt: new Date(Date.now() + 60_000) }),
  ).rejects.toMatchObject(refused)
  await expect(nootropic.register(model, { ...digits, acceptIncomplete: true })).rejects.toMatchObject(refused)
  await expect(nootropic.sealed.seal(model, digits)).rejects.toMatchObject(refused)
  await expect(nootropic.execute({ model: 'digits', inputs: {}, credential: 'nsk_unknown' })).rejects.toMatchObject(
    refused,
  )
  expect(await nootropic.list()).toEqual([])
  expect(await nootropic.sealed.list()).toEqual([])
})
