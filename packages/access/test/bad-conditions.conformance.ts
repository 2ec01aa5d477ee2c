import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../tools/testing/postgres.ts'
import { openAuditLog } from '../src/audit/log.ts'
import { enforcePermissions } from '../src/permissions.ts'
import { collect, origin, signingKey } from './support/audit.ts'
import { badConditionsContract, expectRefused } from './support/bad-conditions-contract.ts'
import {
  type Attempt,
  badCredentials,
  type Credentials,
  createSteppedClock,
  goodCredentials,
  openCredentials,
} from './support/bad-credentials.ts'
import { signalPostgres } from './support/postgres-processes.ts'
import { mountSmallDisk } from './support/small-disk.ts'
import { temporaryDirectory } from './support/temporary-directory.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

badConditionsContract(() => server.createDatabase())

const open = async (location: string, append?: Parameters<typeof openCredentials>[2]): Promise<Credentials> => {
  const all = await openCredentials(location, createSteppedClock(), append)
  onTestFinished(() => all.database.close())
  return all
}

/** One right credential of each kind, and a forged one. */
const prepareAttempts = async (all: Credentials): Promise<Map<string, Attempt>> => {
  const attempts = new Map<string, Attempt>()
  for (const [kind, prepare] of Object.entries(goodCredentials)) {
    attempts.set(`right: ${kind}`, await prepare(all, { type: 'user', id: `right ${kind}` }))
  }
  for (const [kind, { forged }] of Object.entries(badCredentials)) {
    if (typeof forged === 'function') {
      attempts.set(`forged: ${kind}`, await forged(all, { type: 'user', id: `forged ${kind}` }))
    }
  }
  return attempts
}

const expectLost = async (all: Credentials, attempts: ReadonlyMap<string, Attempt>): Promise<void> => {
  const before = all.log.entries.length
  const outcomes = await Promise.all(
    [...attempts].map(async ([label, attempt]) => [label, await codeOf(attempt)] as const),
  )
  expect(outcomes).toEqual([...attempts.keys()].map((label) => [label, 'STORAGE_FAILED']))
  const recorded = all.log.entries.slice(before).map(({ outcome }) => outcome)
  expect(recorded).toHaveLength(attempts.size)
  expect(recorded.every((outcome) => outcome === 'denied' || outcome === 'failed')).toBe(true)
}
const codeOf = (attempt: Attempt): Promise<string> =>
  attempt().then(
    () => 'granted',
    (error: { code?: string }) => error.code ?? String(error),
  )

test('PostgreSQL stops answering: each attempt is refused and on record; when it goes on, so does all else', async () => {
  const location = await server.createDatabase()
  const all = await open(location)
  const attempts = await prepareAttempts(all)
  const key = await goodCredentials['API key']?.(all, { type: 'user', id: 'ada' })
  signalPostgres(location, 'SIGSTOP')
  try {
    await expectLost(all, attempts)
  } finally {
    signalPostgres(location, 'SIGCONT')
  }
  await key?.()
}, 120_000)

test('PostgreSQL is killed in the middle: what was granted is on record, and nothing is afterwards', async () => {
  const own = await startPostgres()
  try {
    const location = await own.createDatabase()
    const all = await open(location)
    const attempts = await prepareAttempts(all)
    const later = await prepareAttempts(all)
    const before = all.log.entries.length
    const outcomes = Promise.all([...attempts].map(([, attempt]) => codeOf(attempt)))
    await new Promise((resolve) => setImmediate(resolve))
    signalPostgres(location, 'SIGKILL')
    for (const code of await outcomes) expect(['granted', 'CREDENTIAL_INVALID', 'STORAGE_FAILED']).toContain(code)
    // A key and a session are granted without an entry of their own.
    const proofs = (await outcomes).filter((code, index) => code === 'granted' && index > 1).length
    const recorded = all.log.entries.slice(before).map(({ outcome }) => outcome)
    expect(recorded.filter((outcome) => outcome === 'succeeded').length).toBeGreaterThanOrEqual(proofs)
    await expectLost(all, later)
  } finally {
    await own.stop()
  }
})

test('a SQLite file that is removed, or replaced by an older copy of itself, answers nobody any more', async () => {
  for (const isReplaced of [false, true]) {
    const location = join(temporaryDirectory(), 'state', 'state.db')
    const all = await open(location)
    const subject = { type: 'user', id: 'ada' }
    const expiresAt = new Date(all.clock.now().getTime() + 60_000)
    const { id, secret } = await all.keys.create({ subject, roles: [], expiresAt })
    const attempts = await prepareAttempts(all)
    if (isReplaced) {
      const copy = `${location}-copy`
      copyFileSync(location, copy)
      await all.keys.revoke(id)
      renameSync(copy, location)
    } else {
      for (const end of ['', '-wal', '-shm']) rmSync(location + end, { force: true })
    }
    await expectRefused(all, () => all.keys.authenticate(secret), 'the key', 'STORAGE_FAILED')
    await expectLost(all, attempts)
  }
})

test('on a full disk everything refused is typed, everything granted is on record, and all goes on when there is room', async () => {
  const disk = mountSmallDisk(6 * 1024)
  const location = join(disk.path, 'home', 'state.db')
  const audit = { directory: join(disk.path, 'audit'), signingKey, origin }
  const log = await openAuditLog(audit)
  const all = await open(location, (entry) => log.append(entry))
  const attempts = await prepareAttempts(all)
  const makeRoom = disk.fill()
  const codes = new Set<string>()
  const forged = attempts.get('forged: API key') as Attempt
  // Until what the log had set aside is used up.
  for (let code = ''; code !== 'AUDIT_UNAVAILABLE'; codes.add(code)) code = await codeOf(forged)
  for (const [label, attempt] of attempts) {
    const before = all.log.entries.length
    const code = await codeOf(attempt)
    codes.add(code)
    // A key or session that is only read is granted: whoever lets it in has to write that down, and cannot.
    if (code === 'granted' && !/API key|session/.test(label)) expect(all.log.entries.length, label).toBe(before + 1)
  }
  expect(
    [...codes].filter((code) => !/^(granted|AUDIT_UNAVAILABLE|STORAGE_FAILED|CREDENTIAL_INVALID)$/.test(code)),
  ).toEqual([])
  makeRoom()
  await log.close().catch(() => {})

  const reopened = await openAuditLog(audit)
  await reopened.verify()
  const kept = new Set(
    (await collect(reopened.entries())).map(({ actor, action, outcome }) => [actor, action, outcome].join(' ')),
  )
  for (const { actor, action, outcome } of all.log.entries) expect(kept).toContain([actor, action, outcome].join(' '))
  const again = await open(location, (entry) => reopened.append(entry))
  for (const [kind, prepare] of Object.entries(goodCredentials))
    await (await prepare(again, { type: 'user', id: `again ${kind}` }))()
  await reopened.close()
})

test('on a read-only disk a mode that cannot be mended is a finding, and one that is right is none', async () => {
  const disk = mountSmallDisk(64)
  const path = join(disk.path, 'models')
  mkdirSync(path, { mode: 0o755 })
  disk.setReadOnly()
  expect(await enforcePermissions([{ path, mode: 0o600 }])).toMatchObject([
    { rule: 'permissions/unreadable', message: 'expected to open it, got EROFS' },
  ])
  expect(await enforcePermissions([{ path, mode: 0o644 }])).toEqual([])
})
