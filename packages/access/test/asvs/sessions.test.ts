import { type AuditEntry, createManualClock } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { defaultSensitiveOperations, missingFactor, openSessions, type RolesOf } from '../../src/index.ts'
import { ada, codeAt, digest, operationOf } from '../support/factors.ts'
import { setUpMfa } from '../support/mfa.ts'

const refused = { code: 'CREDENTIAL_INVALID' }
const eve = { type: 'user', id: 'eve' }

const setUp = async (rolesOf?: RolesOf) => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const entries: AuditEntry[] = []
  const record = (entry: AuditEntry): void => void entries.push(entry)
  const sessions = await openSessions({ database, clock, record, ...(rolesOf === undefined ? {} : { rolesOf }) })
  return { database, clock, entries, sessions }
}

test('two thousand tokens are two thousand different ones', async () => {
  const { sessions } = await setUp()
  const tokens = new Set<string>()
  for (let index = 0; index < 2000; index += 1) {
    const { token } = await sessions.create({ subject: { type: 'user', id: `user-${index % 500}` }, roles: [] })
    tokens.add(token)
  }
  expect(tokens.size).toBe(2000)
})

test('an account that is disabled loses its sessions at once, and has none of those that were ended when it is back', async () => {
  let isDisabled = false
  const { sessions } = await setUp(async () => (isDisabled ? undefined : []))
  const first = await sessions.create({ subject: ada, roles: [] })
  const second = await sessions.create({ subject: ada, roles: [] })
  isDisabled = true
  await expect(sessions.authenticate(first.token)).rejects.toMatchObject(refused)
  await expect(sessions.renew(second.token)).rejects.toMatchObject(refused)
  expect(await sessions.revokeAll(ada)).toBe(2)
  isDisabled = false
  for (const { token } of [first, second]) await expect(sessions.authenticate(token)).rejects.toMatchObject(refused)
})

test('an administrator ends the sessions of one user, or of everybody but his own', async () => {
  const { sessions, entries } = await setUp()
  const begin = async (id: string) => sessions.create({ subject: { type: 'user', id }, roles: [] })
  const [own, one, two, three] = [await begin('root'), await begin('ada'), await begin('ada'), await begin('eve')]
  expect(await sessions.revokeAll(ada)).toBe(2)
  await sessions.authenticate(three.token)
  const four = await begin('ada')
  expect(await sessions.revokeAll('everybody', { exceptId: own.id })).toBe(2)
  for (const { token } of [one, two, three, four]) {
    await expect(sessions.authenticate(token)).rejects.toMatchObject(refused)
  }
  await sessions.authenticate(own.token)
  expect(await sessions.revokeAll('everybody')).toBe(1)
  const ended = entries.filter(({ action }) => action === 'session.end').map(({ actor }) => actor)
  expect(ended.toSorted()).toEqual(['user:ada', 'user:ada', 'user:ada', 'user:eve', 'user:root'])
})

test('whoever changed a factor goes on under a new token, and all other sessions can be ended with it', async () => {
  const { mfa, database, clock, enrol, prove } = await setUpMfa()
  const sessions = await openSessions({ database, clock })
  const secret = await enrol()
  const present = await sessions.create({ subject: ada, roles: [] })
  const other = await sessions.create({ subject: ada, roles: [] })
  const elsewhere = await sessions.create({ subject: eve, roles: [] })
  const operation = operationOf({ session: present.id, action: 'remove-factor' })
  const { factor } = await prove({ factor: 'totp', code: codeAt(secret, clock.now()) }, { operation })
  const [generator] = await mfa.totp.list(ada)
  expect(await mfa.totp.remove(ada, generator?.id ?? '')).toBe(true)
  const { token } = await sessions.renew(present.token, { factor })
  expect(await sessions.revokeAll(ada, { exceptId: present.id })).toBe(1)
  for (const old of [present.token, other.token]) {
    await expect(sessions.authenticate(old)).rejects.toMatchObject(refused)
  }
  expect(await sessions.authenticate(token)).toMatchObject({ ...ada, properties: { factor: 'totp' } })
  await sessions.authenticate(elsewhere.token)
})

test('what changes how somebody authenticates, and what cannot be undone, needs a factor proved for this very request', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  const properties = { session: 's1', factor: 'passkey', factorProvedAt: now.toISOString() }
  const missing = (name: string, subject: object) => {
    const request = { subject: { ...ada, ...subject }, action: { name }, resource: { type: 'user', id: 'ada' } }
    return missingFactor({ request, requestDigest: digest, now }, defaultSensitiveOperations)
  }
  for (const action of ['enrol-factor', 'remove-factor', 'revoke', 'delete', 'erase', 'grant', 'rotate-keys']) {
    // Not even a factor that was proved a moment ago in this session.
    expect(missing(action, { properties }), action).toMatchObject({ freshForMs: 0 })
  }
  for (const action of ['export', 'unseal', 'restore', 'suspend', 'resume']) {
    expect(missing(action, { properties: { session: 's1' } }), action).toMatchObject({ reason: 'no-factor' })
    expect(missing(action, { properties }), action).toBeUndefined()
  }
  expect(missing('execute', { properties: { session: 's1' } })).toBeUndefined()
})

test('a user sees the own sessions without their tokens, and ends any of them', async () => {
  const { sessions, clock } = await setUp()
  const [first, second] = [
    await sessions.create({ subject: ada, roles: ['analyst'], binding: 'laptop' }),
    await sessions.create({ subject: ada, roles: [], factor: 'totp' }),
  ]
  await sessions.create({ subject: eve, roles: [] })
  clock.advance(60_000)
  const list = await sessions.list(ada)
  const at = '2026-01-01T00:00:00.000Z'
  const common = { subject: ada, createdAt: at, lastSeenAt: at, expiresAt: '2026-01-01T12:00:00.000Z' }
  expect(new Set(list)).toEqual(
    new Set([
      { ...common, id: first.id, roles: ['analyst'], isBound: true },
      { ...common, id: second.id, roles: [], isBound: false, factor: { name: 'totp', provedAt: at } },
    ]),
  )
  for (const { token } of [first, second]) expect(JSON.stringify(list)).not.toContain(token.slice(4))
  expect(await sessions.revoke(first.id)).toBe(true)
  await expect(sessions.authenticate(first.token, { binding: 'laptop' })).rejects.toMatchObject(refused)
  expect((await sessions.list(ada)).map(({ id }) => id)).toEqual([second.id])
})
