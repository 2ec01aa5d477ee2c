import { createHash } from 'node:crypto'
import { type AuditEntry, type Clock, createManualClock, createSeededRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import type { RolesOf } from '../src/credentials/owner.ts'
import type { SessionPolicy } from '../src/sessions/session-policy.ts'
import type { SessionTables } from '../src/sessions/session-table.ts'
import { openSessions, type Sessions } from '../src/sessions/sessions.ts'

const minute = 60_000
const hour = 60 * minute
const ada = { type: 'user', id: 'ada' }
const refused = { code: 'CREDENTIAL_INVALID' }

const setUp = async (over: { policy?: SessionPolicy; rolesOf?: RolesOf } = {}) => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const entries: AuditEntry[] = []
  const open = (more: Partial<Parameters<typeof openSessions>[0]> = {}): Promise<Sessions> =>
    openSessions({ database, clock, record: (entry) => void entries.push(entry), ...over, ...more })
  return { database, clock, entries, open, sessions: await open() }
}

test('a session authenticates its subject; its token has 256 bits and is not kept', async () => {
  const { sessions, database } = await setUp()
  const { id, token, expiresAt } = await sessions.create({ subject: ada, roles: ['analyst'] })
  expect(token).toMatch(/^nss_[A-Za-z0-9_-]{43}$/)
  expect(expiresAt).toEqual(new Date('2026-01-01T12:00:00Z'))
  expect(await sessions.authenticate(token)).toEqual({ ...ada, properties: { roles: ['analyst'], session: id } })
  const rows = await database.tables<SessionTables>().selectFrom('access_sessions').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(token.slice(4))
  expect(rows[0]?.token_hash).toBe(createHash('sha256').update(token).digest('hex'))
})

test('a session ends when it is idle, and when it is old, however much it is used', async () => {
  const { sessions, clock, entries } = await setUp()
  const idle = await sessions.create({ subject: ada, roles: [] })
  clock.advance(30 * minute - 1)
  await sessions.authenticate(idle.token)
  clock.advance(30 * minute)
  await expect(sessions.authenticate(idle.token)).rejects.toMatchObject(refused)
  expect(entries.at(-1)).toMatchObject({ outcome: 'denied', reason: 'idle', actor: 'user:ada' })
  const used = await sessions.create({ subject: ada, roles: [] })
  for (let elapsed = 0; elapsed < 12 * hour - 20 * minute; elapsed += 20 * minute) {
    clock.advance(20 * minute)
    await sessions.authenticate(used.token)
  }
  clock.advance(20 * minute)
  await expect(sessions.authenticate(used.token)).rejects.toMatchObject(refused)
  expect(entries.at(-1)).toMatchObject({ reason: 'expired' })
  expect(await sessions.list(ada)).toEqual([])
  expect(await sessions.removeEnded()).toBe(2)
})

test('use is written once a minute, and a session never lives longer than its idle time for that', async () => {
  const { sessions, clock } = await setUp()
  const { token } = await sessions.create({ subject: ada, roles: [] })
  clock.advance(59_999)
  await sessions.authenticate(token)
  expect((await sessions.list(ada))[0]?.lastSeenAt).toBe('2026-01-01T00:00:00.000Z')
  clock.advance(1)
  await sessions.authenticate(token)
  expect((await sessions.list(ada))[0]?.lastSeenAt).toBe('2026-01-01T00:01:00.000Z')
})

test('malformed, unknown, ended, idle, bound elsewhere and without owner give one message; the operator is told which', async () => {
  let isGone = false
  const { sessions, clock, entries } = await setUp({ rolesOf: async () => (isGone ? undefined : []) })
  const live = await sessions.create({ subject: ada, roles: [] })
  const ended = await sessions.create({ subject: ada, roles: [] })
  const bound = await sessions.create({ subject: ada, roles: [], binding: 'certificate' })
  await sessions.revoke(ended.id)
  const messages = new Set<string>()
  const refuse = async (token: string, binding?: string) => {
    const error = await sessions.authenticate(token, { binding }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ ...refused, details: {} })
    messages.add(String(error))
  }
  await refuse('')
  await refuse(undefined as never)
  await refuse(`${live.token} `)
  await refuse(`nss_${'A'.repeat(43)}`)
  await refuse(ended.token)
  await refuse(bound.token, 'other')
  isGone = true
  await refuse(live.token)
  clock.advance(30 * minute)
  await refuse(live.token)
  expect(messages.size).toBe(1)
  const reasons = entries.filter(({ outcome }) => outcome === 'denied').map(({ reason }) => reason)
  expect(reasons).toEqual([
    'malformed',
    'malformed',
    'malformed',
    'unknown',
    'revoked',
    'bound-to-another-client',
    'owner-gone',
    'idle',
  ])
  for (const { token } of [live, ended, bound]) expect(JSON.stringify(entries)).not.toContain(token)
})

test('a bound session is worth nothing without its binding', async () => {
  const { sessions } = await setUp()
  const { token } = await sessions.create({ subject: ada, roles: [], binding: 'certificate' })
  await sessions.authenticate(token, { binding: 'certificate' })
  for (const binding of [undefined, '', 'certificate ', 'x'.repeat(5000), 7 as never]) {
    await expect(sessions.authenticate(token, { binding })).rejects.toMatchObject(refused)
    await expect(sessions.renew(token, { binding })).rejects.toMatchObject(refused)
  }
  const { token: next } = await sessions.renew(token, { binding: 'certificate' })
  await expect(sessions.authenticate(next)).rejects.toMatchObject(refused)
  expect((await sessions.list(ada))[0]?.isBound).toBe(true)
})

test('a factor that was proved gives the session a new token; the old one ends, and it expires no later', async () => {
  const { sessions, clock, entries } = await setUp()
  const { id, token, expiresAt } = await sessions.create({ subject: ada, roles: [] })
  clock.advance(minute)
  const renewed = await sessions.renew(token, { factor: 'totp' })
  expect(renewed.expiresAt).toEqual(expiresAt)
  expect(entries.at(-1)).toMatchObject({ action: 'session.renew', reason: 'totp', resource: `session:${id}` })
  await expect(sessions.authenticate(token)).rejects.toMatchObject(refused)
  await expect(sessions.renew(token)).rejects.toMatchObject(refused)
  const properties = { roles: [], session: id, factor: 'totp', factorProvedAt: '2026-01-01T00:01:00.000Z' }
  expect(await sessions.authenticate(renewed.token)).toEqual({ ...ada, properties })
  const { token: third } = await sessions.renew(renewed.token)
  expect(await sessions.authenticate(third)).toEqual({ ...ada, properties })
  await expect(sessions.renew(third, { factor: 'magic' as never })).rejects.toMatchObject({ code: 'USAGE' })
})

test('one session more than a subject may have ends the one used longest ago, or is refused', async () => {
  const { sessions, clock, open } = await setUp({ policy: { maximumPerSubject: 2 } })
  const tokens: string[] = []
  for (let index = 0; index < 2; index += 1) {
    tokens.push((await sessions.create({ subject: ada, roles: [] })).token)
    clock.advance(minute)
  }
  await sessions.authenticate(tokens[0] ?? '')
  await sessions.create({ subject: ada, roles: [] })
  await sessions.authenticate(tokens[0] ?? '')
  await expect(sessions.authenticate(tokens[1] ?? '')).rejects.toMatchObject(refused)
  const strict = await open({ policy: { maximumPerSubject: 2, whenFull: 'refuse' } })
  await expect(strict.create({ subject: ada, roles: [] })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await strict.create({ subject: { type: 'user', id: 'eve' }, roles: [] })
  expect(await sessions.list(ada)).toHaveLength(2)
})

test('all sessions of a subject end, or all but the present one', async () => {
  const { sessions } = await setUp()
  const [first, second] = [
    await sessions.create({ subject: ada, roles: [] }),
    await sessions.create({ subject: ada, roles: [] }),
  ]
  const other = await sessions.create({ subject: { type: 'user', id: 'eve' }, roles: [] })
  const service = await sessions.create({ subject: { type: 'service', id: 'ada' }, roles: [] })
  expect(await sessions.list(ada)).toHaveLength(2)
  expect(await sessions.revokeAll(ada, { exceptId: first.id })).toBe(1)
  await expect(sessions.authenticate(second.token)).rejects.toMatchObject(refused)
  await sessions.authenticate(first.token)
  expect(await sessions.revokeAll(ada)).toBe(1)
  expect(await sessions.revokeAll(ada)).toBe(0)
  expect(await sessions.revoke(first.id)).toBe(false)
  await sessions.authenticate(other.token)
  await sessions.authenticate(service.token)
})

test('a right that the subject lost is lost to its sessions at the next use', async () => {
  let roles: string[] | undefined = ['analyst', 'operator', 'new']
  const { sessions } = await setUp({ rolesOf: async () => roles })
  const { token } = await sessions.create({ subject: ada, roles: ['analyst', 'operator'] })
  const present = async () => (await sessions.authenticate(token)).properties?.roles
  expect(await present()).toEqual(['analyst', 'operator'])
  roles = ['operator']
  expect(await present()).toEqual(['operator'])
  roles = undefined
  await expect(present()).rejects.toMatchObject(refused)
  await expect(sessions.renew(token)).rejects.toMatchObject(refused)
})

test('a clock that is set back revives nothing, here or after a restart; one set forward only ends sessions', async () => {
  const { open } = await setUp()
  let wall = Date.parse('2026-01-01T00:00:00Z')
  let monotonic = 0
  const clock: Clock = { now: () => new Date(wall), monotonicMs: () => monotonic }
  const pass = (milliseconds: number) => {
    wall += milliseconds
    monotonic += milliseconds
  }
  const sessions = await open({ clock })
  const { token } = await sessions.create({ subject: ada, roles: [] })
  pass(20 * minute)
  wall -= 19 * minute
  pass(10 * minute)
  await expect(sessions.authenticate(token)).rejects.toMatchObject(refused)

  const other = await sessions.create({ subject: ada, roles: [] })
  wall += 24 * hour
  await expect(sessions.authenticate(other.token)).rejects.toMatchObject(refused)
  wall -= 24 * hour
  await sessions.authenticate(other.token)

  wall -= hour
  const restarted = await open({ clock })
  await expect(restarted.authenticate(other.token)).rejects.toMatchObject(refused)
  wall = Number.NaN
  await expect(sessions.authenticate(other.token)).rejects.toMatchObject(refused)
})

test('a policy that cannot be, and a session that is none, are refused', async () => {
  const { open, sessions } = await setUp()
  const policies = [{ idleMs: 0 }, { idleMs: 13 * hour }, { absoluteMs: 1e15 }, { maximumPerSubject: 0 }, { idle: 5 }]
  for (const policy of policies) {
    await expect(open({ policy: policy as SessionPolicy })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  }
  for (const input of [
    {},
    { subject: { type: 'user', id: 'a\nb' }, roles: [] },
    { subject: ada, roles: ['a'], binding: '' },
  ]) {
    await expect(sessions.create(input as never)).rejects.toMatchObject({ code: 'USAGE' })
  }
})

test('without an audit record no session begins, is renewed or is ended unseen', async () => {
  const { open, sessions } = await setUp()
  const { token } = await sessions.create({ subject: ada, roles: [] })
  const unaudited = await open({ record: () => Promise.reject(new Error('no audit')) })
  await expect(unaudited.create({ subject: ada, roles: [] })).rejects.toThrow('no audit')
  await expect(unaudited.authenticate('x')).rejects.toThrow('no audit')
  await expect(unaudited.renew(token)).rejects.toThrow('no audit')
})

test('through 300 random steps sessions are alive exactly when a simple model of them says so', async () => {
  const policy = { idleMs: 10 * minute, absoluteMs: hour, maximumPerSubject: 3 } as const
  const { sessions, clock } = await setUp({ policy })
  const random = createSeededRandom(7)
  type Model = { id: string; token: string; seen: number; end: number }
  let live: Model[] = []
  const dead: string[] = []
  let now = 0
  const expire = () => {
    for (const { token } of live.filter(({ seen, end }) => now >= end || now >= seen + policy.idleMs)) dead.push(token)
    live = live.filter(({ token }) => !dead.includes(token))
  }
  for (let step = 0; step < 300; step += 1) {
    // Whole minutes: what is seen is written at each use then.
    const wait = (1 + random.integer(4)) * minute
    clock.advance(wait)
    now += wait
    expire()
    const chosen = live[random.integer(Math.max(1, live.length))]
    const action = random.integer(10)
    if (action < 3 || chosen === undefined) {
      if (live.length === policy.maximumPerSubject) {
        const [oldest] = live.toSorted((left, right) => left.seen - right.seen || (left.id < right.id ? -1 : 1))
        if (oldest !== undefined) dead.push(oldest.token)
        live = live.filter((session) => session !== oldest)
      }
      const { id, token } = await sessions.create({ subject: ada, roles: [] })
      live.push({ id, token, seen: now, end: now + policy.absoluteMs })
    } else if (action < 7) {
      await sessions.authenticate(chosen.token)
      chosen.seen = now
    } else if (action < 9) {
      dead.push(chosen.token)
      chosen.token = (await sessions.renew(chosen.token)).token
      chosen.seen = now
    } else {
      await sessions.revoke(chosen.id)
      dead.push(chosen.token)
      live = live.filter((session) => session !== chosen)
    }
    expect((await sessions.list(ada)).map(({ id }) => id).toSorted()).toEqual(live.map(({ id }) => id).toSorted())
    const gone = dead[random.integer(Math.max(1, dead.length))]
    if (gone !== undefined) await expect(sessions.authenticate(gone)).rejects.toMatchObject(refused)
  }
  expect(dead.length).toBeGreaterThan(50)
})
