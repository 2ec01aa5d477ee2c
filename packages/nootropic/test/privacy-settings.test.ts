import { type AuditEntry, createManualClock } from '@nootropic/core'
import { parseManifestSet } from '@nootropic/core/manifest'
import { expect, test } from 'vitest'
import { verifyLocalDatabase } from '../src/people/local-database.ts'
import { createMinimalAuditLog } from '../src/people/minimal-audit-log.ts'
import { privacySettings } from '../src/people/privacy-settings.ts'
import { collect, openHome, temporaryHome } from './support/people-home.ts'

const ada = { type: 'user', id: 'ada' }
const day = 86_400_000

const settingsOf = (...manifests: [kind: string, spec: object][]) =>
  privacySettings(
    parseManifestSet(
      manifests.map(([kind, spec]) => ({
        path: `${kind}.yaml`,
        text: JSON.stringify({ apiVersion: 'security.nootropic.ai/v1', kind, metadata: { name: 'x' }, spec }),
      })),
    ),
  )
const types = (...names: string[]) => names.map((type) => ({ type }))

test('each setting of the manifests is asked for where it stands, and not where it does not', () => {
  expect(settingsOf()).toEqual({
    isSealed: false,
    isListable: false,
    isAudited: false,
    isControllable: false,
    isMinimal: false,
    localBy: [],
    retentionMs: undefined,
  })
  expect(
    settingsOf(
      ['DataPrivacy', { privacy: types('local', 'encryption'), control: types('local', 'audit') }],
      ['UserPrivacy', { privacy: types('local', 'control'), data: types('local', 'minimal'), retention: '30d' }],
    ),
  ).toEqual({
    isSealed: true,
    isListable: true,
    isAudited: true,
    isControllable: true,
    isMinimal: true,
    localBy: ['DataPrivacy (privacy: local)', 'UserPrivacy (privacy: local)', 'UserPrivacy (data: local)'],
    retentionMs: 30 * day,
  })
  expect(
    settingsOf(
      ['DataPrivacy', { privacy: types('encryption'), control: types('audit') }],
      ['UserPrivacy', { privacy: types('control'), data: types('minimal') }],
    ),
  ).toMatchObject({ isListable: false, isAudited: true, isControllable: true, localBy: [] })
})

test('what is to stay on this host is not put into a database elsewhere', () => {
  const isRefused = (location: string, environment = {}): boolean => {
    try {
      verifyLocalDatabase(location, { localBy: ['UserPrivacy (data: local)'] }, environment)
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining('UserPrivacy') })
      return true
    }
  }
  const here = [
    '/data/state.db',
    ':memory:',
    'postgres://localhost/x',
    'postgres://me@127.0.0.1:5432/x',
    'postgresql://[::1]/x',
  ]
  const sockets = ['postgres://me@/x?host=/run/postgresql', 'postgres:///x', 'postgres://%2Frun%2Fpostgresql/x']
  for (const location of [...here, ...sockets]) expect(isRefused(location), location).toBe(false)
  const elsewhere = ['postgres://db.example.org/x', 'postgresql://me:pw@10.0.0.1/x', 'postgres://127.example.org/x']
  const hidden = [
    'postgres://localhost/x?host=db.example.org',
    'postgres://me@/x?hostaddr=10.0.0.1',
    'postgres://[::2]/x',
  ]
  for (const location of [...elsewhere, ...hidden]) {
    expect(isRefused(location), location).toBe(true)
    verifyLocalDatabase(location, { localBy: [] }, {})
  }
  expect(isRefused('postgres:///x', { PGHOST: 'db.example.org' })).toBe(true)
})

test('of people only what is needed is written down, where that is asked for', async () => {
  const { log } = await openHome(temporaryHome())
  const minimal = createMinimalAuditLog(log)
  const entry: AuditEntry = {
    category: 'operation',
    actor: 'user:ada',
    action: 'execute',
    resource: 'model:digits',
    outcome: 'denied',
    reason: 'expected an input "image", got "my diary of may"',
    details: { version: '1.0.0', code: 'INPUT_INVALID', durationMs: 12.5, address: '192.0.2.7', inputs: ['my diary'] },
  }
  await log.append(entry)
  await minimal.append(entry)
  await minimal.append({ ...entry, category: 'access', reason: 'no rule permits it' })
  await minimal.append({ ...entry, reason: 'INPUT_INVALID', details: { durationMs: 1 } })
  await minimal.append({ ...entry, actor: 'system:nootropic' })
  const kept = (await collect(log.entries())).map(({ reason, details }) => ({ reason, details }))
  const needed = { version: '1.0.0', code: 'INPUT_INVALID' }
  expect(kept).toEqual([
    { reason: entry.reason, details: entry.details },
    { reason: undefined, details: needed },
    { reason: 'no rule permits it', details: needed },
    { reason: 'INPUT_INVALID', details: undefined },
    { reason: entry.reason, details: entry.details },
  ])
})

test('what ended longer ago than the retention is removed, and nothing else; without one nothing is', async () => {
  for (const retentionMs of [30 * day, undefined]) {
    const clock = createManualClock('2026-01-01T00:00:00Z')
    const home = await openHome(temporaryHome(), { clock, settings: { retentionMs } })
    const inDays = (days: number) => new Date(clock.now().getTime() + days * day)
    await home.apiKeys.create({ subject: ada, roles: [], expiresAt: inDays(10) })
    const { id } = await home.apiKeys.create({ subject: ada, roles: [], expiresAt: inDays(300) })
    await home.apiKeys.create({ subject: ada, roles: [], expiresAt: inDays(300) })
    await home.sessions.create({ subject: ada, roles: [] })
    clock.advance(39 * day)
    await home.data.removeExpired()
    await home.apiKeys.revoke(id)
    expect(await home.apiKeys.list()).toHaveLength(3)
    clock.advance(1 * day)
    const removed = await home.data.removeExpired()
    const held = await home.data.export(ada)
    expect(held.apiKeys).toHaveLength(retentionMs === undefined ? 3 : 2)
    expect(held.sessions).toHaveLength(retentionMs === undefined ? 1 : 0)
    // What the log held of her is unreadable from the 30th day on.
    expect(held.pseudonyms).toHaveLength(retentionMs === undefined ? 1 : 0)
    expect(removed > 0).toBe(retentionMs !== undefined)
    clock.advance(31 * day)
    await home.data.removeExpired()
    expect(await home.apiKeys.list()).toHaveLength(retentionMs === undefined ? 3 : 1)
  }
})
