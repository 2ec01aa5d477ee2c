import { createSecretKey, randomBytes } from 'node:crypto'
import { createManualClock, systemRandom } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import fc from 'fast-check'
import type { KyselyPlugin } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { createApiKey, parseApiKey } from '../src/credentials/api-key.ts'
import { type ApiKeys, openApiKeys } from '../src/credentials/api-keys.ts'
import type { Refusal } from '../src/credentials/check-api-key.ts'

const pepper = createSecretKey(randomBytes(32))
const subject = { type: 'user', id: 'ada' }
const start = '2026-01-01T00:00:00Z'
const tomorrow = new Date('2026-01-02T00:00:00Z')

const setUp = async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = createManualClock(start)
  const refusals: Refusal[] = []
  const open = (over: Partial<Parameters<typeof openApiKeys>[0]> = {}): Promise<ApiKeys> =>
    openApiKeys({ database, pepper, clock, onRefused: (refusal) => void refusals.push(refusal), ...over })
  return { database, clock, refusals, open, keys: await open() }
}

test('a key authenticates its subject with its roles and scopes', async () => {
  const { keys } = await setUp()
  const scopes = [{ action: 'execute', resource: { type: 'model', id: 'digits' } }]
  const { id, secret } = await keys.create({ subject, roles: ['analyst'], scopes, expiresAt: tomorrow })
  expect(secret).toMatch(/^nsk_live_[0-9A-Za-z]{17}_[0-9A-Za-z]{49}$/)
  expect(await keys.authenticate(secret)).toEqual({
    ...subject,
    properties: { roles: ['analyst'], scopes, apiKey: id },
  })
})

test('unknown, wrong, expired, revoked and malformed give one message; the operator is told which it was', async () => {
  const { keys, clock, refusals, open } = await setUp()
  const { id, secret } = await keys.create({ subject, roles: [], expiresAt: tomorrow })
  const revoked = await keys.create({ subject, roles: [], expiresAt: tomorrow })
  await keys.revoke(revoked.id)
  const unknown = createApiKey('live', systemRandom)
  const messages = new Set<string>()
  const refuse = async (authenticator: ApiKeys, credential: string): Promise<void> => {
    const error = await authenticator.authenticate(credential).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'CREDENTIAL_INVALID', details: {} })
    messages.add(String(error))
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(credential === '' ? '\0' : credential)
  }
  await refuse(keys, '')
  await refuse(keys, undefined as unknown as string)
  await refuse(keys, unknown.text)
  await refuse(keys, revoked.secret)
  await refuse(await open({ pepper: createSecretKey(randomBytes(32)) }), secret)
  clock.advance(24 * 60 * 60 * 1000)
  await refuse(keys, secret)
  expect([...messages]).toHaveLength(1)
  expect(refusals).toEqual([
    { reason: 'malformed' },
    { reason: 'malformed' },
    { reason: 'unknown', keyId: unknown.id },
    { reason: 'revoked', keyId: revoked.id },
    { reason: 'wrong-secret', keyId: id },
    { reason: 'expired', keyId: id },
  ])
})

test('an expiry is needed, after now and within 366 days', async () => {
  const { keys } = await setUp()
  const days = (count: number): Date => new Date(Date.parse(start) + count * 86_400_000)
  for (const expiresAt of [days(0), days(-1), days(367), new Date(Number.NaN), undefined as unknown as Date]) {
    await expect(keys.create({ subject, roles: [], expiresAt })).rejects.toMatchObject({ code: 'USAGE' })
  }
  expect(await keys.list()).toEqual([])
})

test('what is kept and listed holds neither the secret nor what it could be found from', async () => {
  const { keys, database } = await setUp()
  const { id, secret } = await keys.create({ subject, roles: ['analyst'], expiresAt: tomorrow })
  await keys.revoke(id)
  await keys.revoke(id)
  const [listed] = await keys.list()
  expect(listed).toEqual({
    id,
    subject,
    roles: ['analyst'],
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: tomorrow.toISOString(),
    revokedAt: '2026-01-01T00:00:00.000Z',
  })
  const rows = await database
    .tables<{ access_api_keys: { mac: string } }>()
    .selectFrom('access_api_keys')
    .selectAll()
    .execute()
  expect(JSON.stringify(rows)).not.toContain(secret.split('_')[3])
  expect(rows[0]?.mac).toMatch(/^[0-9a-f]{64}$/)
  await expect(keys.revoke('nobody')).rejects.toMatchObject({ code: 'USAGE' })
})

test('a text with a typing error causes no store read', async () => {
  const { database, open } = await setUp()
  let reads = 0
  const countReads: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (node.kind === 'SelectQueryNode') reads += 1
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const counting: Database = { ...database, tables: <Tables>() => database.tables<Tables>().withPlugin(countReads) }
  const keys = await open({ database: counting })
  const { secret } = await keys.create({ subject, roles: [], expiresAt: tomorrow })
  await keys.authenticate(secret)
  expect(reads).toBe(1)
  const at = secret.length - 10
  const typed = secret.slice(0, at) + (secret[at] === 'a' ? 'b' : 'a') + secret.slice(at + 1)
  for (const credential of [
    typed,
    `${secret} `,
    secret.slice(1),
    secret.toLowerCase().replace('nsk_live', 'NSK_LIVE'),
  ]) {
    await expect(keys.authenticate(credential)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  }
  expect(reads).toBe(1)
})

test('any one character changed, or two neighbours swapped, is seen by the checksum', () => {
  const { text } = createApiKey('test', systemRandom)
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const parts = [...text]
  const passed: string[] = []
  for (let at = 9; at < text.length; at += 1) {
    for (const letter of alphabet) {
      const other = parts.with(at, letter).join('')
      if (other !== text && parseApiKey(other) !== undefined) passed.push(other)
    }
    const swapped = parts
      .with(at - 1, parts[at] ?? '')
      .with(at, parts[at - 1] ?? '')
      .join('')
    if (swapped !== text && parseApiKey(swapped) !== undefined) passed.push(swapped)
  }
  expect(passed).toEqual([])
  expect(parseApiKey(text)?.text).toBe(text)
})

test('no other text is a key', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 200 }), fc.stringMatching(/^nsk_live_[0-9A-Za-z]{17}_[0-9A-Za-z]{49}$/)),
      (text) => parseApiKey(text) === undefined,
    ),
    { seed: 2, numRuns: 2000 },
  )
})

test('ten thousand keys have ten thousand ids and secrets', () => {
  const keys = Array.from({ length: 10_000 }, () => createApiKey('live', systemRandom))
  expect(new Set(keys.map(({ id }) => id)).size).toBe(10_000)
  expect(new Set(keys.map(({ text }) => text)).size).toBe(10_000)
})

test('if the refusal cannot be recorded, that error comes instead', async () => {
  const { open } = await setUp()
  const keys = await open({ onRefused: () => Promise.reject(new Error('no audit')) })
  await expect(keys.authenticate('x')).rejects.toThrow('no audit')
})

test('a key that is given in place of its id is not repeated', async () => {
  const { open } = await setUp()
  const keys = await open()
  const text = createApiKey('live', systemRandom).text
  await expect(keys.revoke(text)).rejects.toThrow(/^((?!nsk_).)*$/)
})

test('a name that would break a line of a list or a log is refused', async () => {
  const { keys } = await setUp()
  for (const id of ['a\nb', 'a\u001b[2J', '', 'a'.repeat(257)]) {
    const key = keys.create({ subject: { type: 'user', id }, roles: ['analyst'], expiresAt: tomorrow })
    await expect(key).rejects.toMatchObject({ code: 'USAGE' })
  }
  expect(await keys.list()).toEqual([])
})
