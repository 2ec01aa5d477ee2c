import { createSecretKey, randomBytes } from 'node:crypto'
import { type Clock, createManualClock } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import type { KyselyPlugin } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '../src/credentials/api-key-table.ts'
import { type ApiKeys, openApiKeys } from '../src/credentials/api-keys.ts'

const pepper = createSecretKey(randomBytes(32))
const ada = { type: 'user', id: 'ada' }
const hour = 60 * 60 * 1000
const day = 24 * hour
const start = '2026-01-01T00:00:00Z'
const after = (milliseconds: number): Date => new Date(Date.parse(start) + milliseconds)
const refused = { code: 'CREDENTIAL_INVALID' }

const setUp = async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = createManualClock(start)
  const reasons: string[] = []
  const open = (over: Partial<Parameters<typeof openApiKeys>[0]> = {}): Promise<ApiKeys> =>
    openApiKeys({ database, pepper, clock, onRefused: ({ reason }) => void reasons.push(reason), ...over })
  return { database, clock, reasons, open, keys: await open() }
}

test('old and new key work while they overlap, with the same rights; then the new one alone', async () => {
  const { keys, clock } = await setUp()
  const scopes = [{ action: 'execute', resource: { type: 'model', id: 'digits' } }]
  const old = await keys.create({ subject: ada, roles: ['analyst'], scopes, expiresAt: after(10 * day) })
  const next = await keys.rotate(old.id, { overlapMs: hour, expiresAt: after(100 * day) })
  const properties = { roles: ['analyst'], scopes }
  expect(await keys.authenticate(old.secret)).toEqual({ ...ada, properties: { ...properties, apiKey: old.id } })
  expect(await keys.authenticate(next.secret)).toEqual({ ...ada, properties: { ...properties, apiKey: next.id } })
  const [listed] = (await keys.list()).filter(({ id }) => id === old.id)
  expect(listed).toMatchObject({ successorId: next.id, expiresAt: after(hour).toISOString() })
  clock.advance(hour)
  await expect(keys.authenticate(old.secret)).rejects.toMatchObject(refused)
  await keys.authenticate(next.secret)
})

test('an overlap never makes a key live longer, and none ends it at once', async () => {
  const { keys, clock } = await setUp()
  const short = await keys.create({ subject: ada, roles: [], expiresAt: after(hour) })
  await keys.rotate(short.id, { overlapMs: 30 * day, expiresAt: after(day) })
  clock.advance(hour)
  await expect(keys.authenticate(short.secret)).rejects.toMatchObject(refused)
  const long = await keys.create({ subject: ada, roles: [], expiresAt: after(day) })
  await keys.rotate(long.id, { overlapMs: 0, expiresAt: after(day) })
  await expect(keys.authenticate(long.secret)).rejects.toMatchObject(refused)
})

test('a key that is unknown, revoked, expired or rotated is not rotated, and wrong times are refused', async () => {
  const { keys, clock } = await setUp()
  const create = async () => (await keys.create({ subject: ada, roles: [], expiresAt: after(day) })).id
  const [revoked, rotated, expired] = [await create(), await create(), await create()]
  const rotate = (id: string, overlapMs = 0, expiresAt = after(30 * day)) => keys.rotate(id, { overlapMs, expiresAt })
  for (const overlapMs of [-1, 0.5, Number.NaN, 31 * day]) {
    await expect(rotate(rotated, overlapMs)).rejects.toMatchObject({ code: 'USAGE' })
  }
  await expect(rotate(rotated, 0, after(-1))).rejects.toMatchObject({ code: 'USAGE' })
  await keys.revoke(revoked)
  await rotate(rotated)
  clock.advance(day)
  const before = (await keys.list()).length
  for (const id of ['nobody', revoked, rotated, expired]) {
    await expect(rotate(id)).rejects.toMatchObject({ code: 'USAGE' })
  }
  expect(await keys.list()).toHaveLength(before)
})

test('a new pepper takes keys over when they are used; without the old one the others are refused', async () => {
  const { keys, open, reasons } = await setUp()
  const used = await keys.create({ subject: ada, roles: [], expiresAt: after(day) })
  const unused = await keys.create({ subject: ada, roles: [], expiresAt: after(day) })
  const second = createSecretKey(randomBytes(32))
  const both = await open({ pepper: second, pepperId: '2', formerPeppers: { 1: pepper } })
  await both.authenticate(used.secret)
  const made = await both.create({ subject: ada, roles: [], expiresAt: after(day) })
  const pepperIds = new Map((await both.list()).map(({ id, pepperId }) => [id, pepperId]))
  expect([used.id, unused.id, made.id].map((id) => pepperIds.get(id))).toEqual(['2', undefined, '2'])
  const onlySecond = await open({ pepper: second, pepperId: '2' })
  await onlySecond.authenticate(used.secret)
  await onlySecond.authenticate(made.secret)
  await expect(onlySecond.authenticate(unused.secret)).rejects.toMatchObject(refused)
  expect(reasons).toEqual(['pepper-unavailable'])
})

test('a pepper that is short, or two of one id, are refused', async () => {
  const { open } = await setUp()
  await expect(open({ pepper: createSecretKey(randomBytes(16)) })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(open({ formerPeppers: { 1: pepper } })).rejects.toMatchObject({ code: 'USAGE' })
})

test('last use is kept to the hour, written once a minute for many keys, and never goes back', async () => {
  const { database, clock, open } = await setUp()
  let writes = 0
  const countWrites: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (node.kind === 'UpdateQueryNode') writes += 1
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const counting = { ...database, tables: <Tables>() => database.tables<Tables>().withPlugin(countWrites) }
  const keys = await open({ database: counting })
  const made = [
    await keys.create({ subject: ada, roles: [], expiresAt: after(day) }),
    await keys.create({ subject: ada, roles: [], expiresAt: after(day) }),
  ]
  clock.advance(1.5 * hour)
  for (let round = 0; round < 50; round += 1) for (const { secret } of made) await keys.authenticate(secret)
  // The first use after the pause wrote the first key; the second waits for its minute.
  expect(writes).toBe(1)
  await keys.flush()
  expect(writes).toBe(2)
  const lastUsed = async () => (await keys.list()).map(({ lastUsedAt }) => lastUsedAt)
  expect(await lastUsed()).toEqual([after(hour).toISOString(), after(hour).toISOString()])
  await database
    .tables<{ access_api_keys: { last_used_at: string } }>()
    .updateTable('access_api_keys')
    .set({ last_used_at: after(5 * hour).toISOString() })
    .execute()
  for (const { secret } of made) await keys.authenticate(secret)
  await keys.flush()
  expect(await lastUsed()).toEqual([after(5 * hour).toISOString(), after(5 * hour).toISOString()])
})

test('a key has the roles that its owner still has, and none when the owner is gone', async () => {
  let roles: string[] | undefined = ['analyst', 'new']
  const { open, reasons } = await setUp()
  const keys = await open({ rolesOf: async () => roles })
  const { secret } = await keys.create({ subject: ada, roles: ['analyst', 'operator'], expiresAt: after(day) })
  expect((await keys.authenticate(secret)).properties?.roles).toEqual(['analyst'])
  roles = undefined
  await expect(keys.authenticate(secret)).rejects.toMatchObject(refused)
  expect(reasons).toEqual(['owner-gone'])
  const unknowing = await open({ rolesOf: () => Promise.reject(new Error('directory is down')) })
  await expect(unknowing.authenticate(secret)).rejects.toThrow('directory is down')
})

test('a test key is none of the live ones, and is not looked up', async () => {
  const { open, keys, reasons } = await setUp()
  const forTests = await open({ environment: 'test' })
  const { secret } = await forTests.create({ subject: ada, roles: [], expiresAt: after(day) })
  await forTests.authenticate(secret)
  await expect(keys.authenticate(secret)).rejects.toMatchObject(refused)
  expect(reasons).toEqual(['wrong-environment'])
})

test('every key of a subject ends at once', async () => {
  const { keys } = await setUp()
  const eve = { type: 'user', id: 'eve' }
  const mine = [1, 2].map(() => keys.create({ subject: ada, roles: [], expiresAt: after(day) }))
  const other = await keys.create({ subject: eve, roles: [], expiresAt: after(day) })
  const service = await keys.create({ subject: { type: 'service', id: 'ada' }, roles: [], expiresAt: after(day) })
  const secrets = (await Promise.all(mine)).map(({ secret }) => secret)
  expect(await keys.revokeAll(ada)).toBe(2)
  expect(await keys.revokeAll(ada)).toBe(0)
  for (const secret of secrets) await expect(keys.authenticate(secret)).rejects.toMatchObject(refused)
  await keys.authenticate(other.secret)
  await keys.authenticate(service.secret)
})

test('a clock that is set back revives no expired key, here or after a restart', async () => {
  const { open, reasons } = await setUp()
  let wall = Date.parse(start)
  let monotonic = 0
  const clock: Clock = { now: () => new Date(wall), monotonicMs: () => monotonic }
  const keys = await open({ clock })
  const { secret } = await keys.create({ subject: ada, roles: [], expiresAt: after(hour) })
  wall += hour
  monotonic += hour
  await expect(keys.authenticate(secret)).rejects.toMatchObject(refused)
  wall -= hour / 2
  await expect(keys.authenticate(secret)).rejects.toMatchObject(refused)
  wall = Date.parse(start) - hour
  const restarted = await open({ clock })
  await expect(restarted.authenticate(secret)).rejects.toMatchObject(refused)
  wall = Number.NaN
  await expect(keys.authenticate(secret)).rejects.toMatchObject(refused)
  expect(reasons).toEqual(['expired', 'expired', 'clock-went-back', 'expired'])
})

test('keys from before rotation and peppers had ids still work', async () => {
  const { database, clock, keys } = await setUp()
  const { secret } = await keys.create({ subject: ada, roles: [], expiresAt: after(day) })
  const row = await database
    .tables<{ access_api_keys: Record<string, string | null> }>()
    .selectFrom('access_api_keys')
    .selectAll()
    .executeTakeFirstOrThrow()
  const { pepper_id: _1, successor_id: _2, last_used_at: _3, ...former } = row
  const older = await openDatabase(':memory:')
  onTestFinished(() => older.close())
  const { '0001-api-keys': first } = migrations
  await older.migrate('access', first === undefined ? {} : { '0001-api-keys': first })
  await older.tables<{ access_api_keys: typeof former }>().insertInto('access_api_keys').values(former).execute()
  const opened = await openApiKeys({ database: older, pepper, clock })
  expect(await opened.authenticate(secret)).toMatchObject(ada)
})

test('every change to the keys is told, and without that nothing is handed out', async () => {
  const { open } = await setUp()
  const changes: string[] = []
  const keys = await open({
    onChanged: ({ change, keyId, subject }) => void changes.push(`${change} ${keyId} ${subject.type}:${subject.id}`),
  })
  const first = await keys.create({ subject: ada, roles: [], expiresAt: after(day) })
  const second = await keys.rotate(first.id, { overlapMs: hour, expiresAt: after(day) })
  await keys.revoke(first.id)
  await keys.revokeAll(ada)
  expect(changes).toEqual([
    `created ${first.id} user:ada`,
    `rotated ${first.id} user:ada`,
    `created ${second.id} user:ada`,
    `revoked ${first.id} user:ada`,
    `revoked ${second.id} user:ada`,
  ])
  const unaudited = await open({ onChanged: () => Promise.reject(new Error('no audit')) })
  await expect(unaudited.create({ subject: ada, roles: [], expiresAt: after(day) })).rejects.toThrow('no audit')
  await expect(unaudited.rotate(first.id, { overlapMs: 0, expiresAt: after(day) })).rejects.toMatchObject({
    code: 'USAGE',
  })
})
