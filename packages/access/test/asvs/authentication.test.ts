import { createSecretKey, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AuditEntry, createManualClock, type Random, systemRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import {
  accountNotice,
  createStoredAuthorizer,
  defaultSensitiveOperations,
  entryOfKeyChange,
  entryOfKeyRefusal,
  missingFactor,
  openApiKeys,
  openMfa,
  openPolicyStore,
  openSessions,
} from '../../src/index.ts'
import type { MfaTables } from '../../src/mfa/mfa-table.ts'
import { stepMs } from '../../src/mfa/totp-code.ts'
import { createTestAuthenticator } from '../support/authenticator.ts'
import { ada, codeAt, createSecretStore, digest, operationOf, relyingParty } from '../support/factors.ts'
import { setUpMfa } from '../support/mfa.ts'

const refused = { code: 'CREDENTIAL_INVALID' }
const pepper = createSecretKey(randomBytes(32))
const tomorrow = new Date('2026-01-02T00:00:00Z')
const [origin = ''] = relyingParty.origins

/** Keys, sessions and second factors over one database, and all that they write down. */
const setUp = async (random: Random = systemRandom) => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const entries: AuditEntry[] = []
  const record = (entry: AuditEntry): void => void entries.push(entry)
  const parts = { database, clock, random, record }
  return {
    database,
    clock,
    entries,
    keys: await openApiKeys({
      ...parts,
      pepper,
      onChanged: (change) => record(entryOfKeyChange(change)),
      onRefused: (refusal) => record(entryOfKeyRefusal(refusal)),
    }),
    sessions: await openSessions(parts),
    mfa: await openMfa({ ...parts, keys: createSecretStore(), relyingParty }),
  }
}

test('a new installation knows nobody: no key, no session, no factor, and no default name opens it', async () => {
  const { keys, sessions, mfa, database } = await setUp()
  const authorizer = createStoredAuthorizer(await openPolicyStore({ database }))
  expect(await keys.list()).toEqual([])
  for (const name of ['root', 'admin', 'sa', 'nootropic', 'operator', 'anonymous']) {
    const subject = { type: 'user', id: name }
    expect(await sessions.list(subject)).toEqual([])
    expect(await mfa.totp.list(subject)).toEqual([])
    expect(await mfa.recoveryCodes.remaining(subject)).toBe(0)
    await expect(keys.authenticate(name)).rejects.toMatchObject(refused)
    await expect(sessions.authenticate(name)).rejects.toMatchObject(refused)
    const asked = { subject: { ...subject, properties: { roles: [name] } }, action: { name: 'execute' } }
    const { decision } = await authorizer.authorize({ ...asked, resource: { type: 'model', id: 'digits' } })
    expect(decision).toBe(false)
  }
})

test('a credential of one way in opens no other', async () => {
  const { keys, sessions, mfa } = await setUp()
  const { secret } = await keys.create({ subject: ada, roles: ['operator'], expiresAt: tomorrow })
  const { token } = await sessions.create({ subject: ada, roles: ['operator'] })
  const [code = ''] = await mfa.recoveryCodes.replace(ada)
  for (const other of [token, code]) await expect(keys.authenticate(other)).rejects.toMatchObject(refused)
  for (const other of [secret, code]) await expect(sessions.authenticate(other)).rejects.toMatchObject(refused)
  for (const factor of ['totp', 'recovery-code'] as const) {
    for (const other of [secret, token]) {
      const { challenge } = await mfa.challenge(operationOf())
      const answer = { factor, code: other }
      const prove = mfa.prove({ challenge, operation: operationOf(), source: `${factor} ${other}`, answer })
      await expect(prove).rejects.toMatchObject(refused)
    }
  }
})

test('there are three second factors and no other: nothing goes by e-mail or telephone, nothing is asked for by heart', async () => {
  const { sessions, mfa } = await setUp()
  for (const factor of ['email', 'sms', 'phone', 'push', 'password', 'question']) {
    await expect(sessions.create({ subject: ada, roles: [], factor: factor as never })).rejects.toMatchObject({
      code: 'USAGE',
    })
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor, code: '000000' } as never
    const prove = mfa.prove({ challenge, operation: operationOf(), source: factor, answer })
    await expect(prove).rejects.toMatchObject(refused)
  }
})

test('nobody chooses a secret, for himself or for others: what is handed in is refused, what is made comes from the generator', async () => {
  const drawn: Buffer[] = []
  const bytes = (length: number): Buffer => {
    const made = randomBytes(length)
    drawn.push(Buffer.from(made))
    return made
  }
  const { keys, sessions, mfa } = await setUp({ ...systemRandom, bytes })
  const chosen = { subject: ada, roles: [], expiresAt: tomorrow, secret: 'correct horse' }
  await expect(keys.create(chosen as never)).rejects.toMatchObject({ code: 'USAGE' })
  const token = { subject: ada, roles: [], token: 'correct horse' }
  await expect(sessions.create(token as never)).rejects.toMatchObject({ code: 'USAGE' })
  const lengthsOf = async (make: () => Promise<unknown>): Promise<number[]> => {
    drawn.length = 0
    await make()
    return drawn.map(({ length }) => length)
  }
  // 256 bits for a key, a token and a challenge; 160 for a seed (RFC 4226); 120 for each of ten recovery codes.
  expect(await lengthsOf(() => keys.create({ subject: ada, roles: [], expiresAt: tomorrow }))).toContain(32)
  expect(await lengthsOf(() => sessions.create({ subject: ada, roles: [] }))).toContain(32)
  expect(await lengthsOf(() => mfa.challenge(operationOf()))).toContain(32)
  expect(await lengthsOf(() => mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' }))).toContain(20)
  const codes = await lengthsOf(() => mfa.recoveryCodes.replace(ada))
  expect(codes.filter((length) => length === 24)).toHaveLength(10)
})

test('challenges have 256 bits and none comes twice', async () => {
  const { mfa } = await setUpMfa()
  const nonces = new Set<string>()
  for (let index = 0; index < 300; index += 1) nonces.add((await mfa.challenge(operationOf())).challenge)
  expect(nonces.size).toBe(300)
  for (const nonce of nonces) expect(Buffer.from(nonce, 'base64url')).toHaveLength(32)
})

test('every factor, key and session can be taken away, and proves nothing from then on', async () => {
  const { keys, sessions, mfa, clock } = await setUp()
  const authenticator = createTestAuthenticator(relyingParty.id, origin)
  const begun = await mfa.passkeys.beginRegistration(ada, 's1', 'ada')
  await mfa.passkeys.finishRegistration(ada, 's1', authenticator.register(begun))
  const { id, secret } = await mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
  await mfa.totp.confirm(ada, id, codeAt(secret, clock.now()), 'home')
  const [code = ''] = await mfa.recoveryCodes.replace(ada)
  const key = await keys.create({ subject: ada, roles: [], expiresAt: tomorrow })
  const session = await sessions.create({ subject: ada, roles: [] })

  expect(await mfa.passkeys.remove(ada, authenticator.id)).toBe(true)
  expect(await mfa.totp.remove(ada, id)).toBe(true)
  await mfa.recoveryCodes.replace(ada)
  await keys.revoke(key.id)
  await sessions.revoke(session.id)

  clock.advance(stepMs)
  const prove = async (answerTo: (challenge: string) => Parameters<typeof mfa.prove>[0]['answer']) => {
    const { challenge } = await mfa.challenge(operationOf())
    return mfa.prove({ challenge, operation: operationOf(), source: 'home', answer: answerTo(challenge) })
  }
  await expect(prove((nonce) => ({ factor: 'passkey', response: authenticator.answer(nonce) }))).rejects.toMatchObject(
    refused,
  )
  await expect(prove(() => ({ factor: 'totp', code: codeAt(secret, clock.now()) }))).rejects.toMatchObject(refused)
  await expect(prove(() => ({ factor: 'recovery-code', code }))).rejects.toMatchObject(refused)
  await expect(keys.authenticate(key.secret)).rejects.toMatchObject(refused)
  await expect(sessions.authenticate(session.token)).rejects.toMatchObject(refused)
})

test('the time of a code is that of the host: no time that a caller sends counts', async () => {
  const { clock, enrol, prove } = await setUpMfa()
  const secret = await enrol()
  const later = new Date(clock.now().getTime() + 10 * stepMs)
  const answer = { factor: 'totp', code: codeAt(secret, later), time: later.toISOString(), now: later.getTime() }
  await expect(prove(answer as never)).rejects.toMatchObject(refused)
})

test('the public key of a passkey that is exchanged or moved in the table verifies nothing, and that is on record', async () => {
  const { mfa, database, entries } = await setUpMfa()
  const eve = { type: 'user', id: 'eve' }
  const register = async (subject: typeof ada) => {
    const authenticator = createTestAuthenticator(relyingParty.id, origin)
    const begun = await mfa.passkeys.beginRegistration(subject, 's1', subject.id)
    await mfa.passkeys.finishRegistration(subject, 's1', authenticator.register(begun))
    return authenticator
  }
  const theirs = await register(ada)
  const evil = await register(eve)
  const table = () => database.tables<MfaTables>()
  const keyOf = (id: string) =>
    table().selectFrom('access_passkeys').select('public_key').where('id', '=', id).executeTakeFirstOrThrow()
  const proveAs = async (id: string) => {
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor: 'passkey' as const, response: { ...evil.answer(challenge), id, rawId: id } }
    return mfa.prove({ challenge, operation: operationOf(), source: 'home', answer })
  }
  await table()
    .updateTable('access_passkeys')
    .set(await keyOf(evil.id))
    .where('id', '=', theirs.id)
    .execute()
  await expect(proveAs(theirs.id)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
  expect(entries.at(-1)).toMatchObject({ action: 'mfa.prove', outcome: 'failed', reason: 'KEY_UNAVAILABLE' })
  await table().updateTable('access_passkeys').set({ subject_id: 'ada' }).where('id', '=', evil.id).execute()
  await expect(proveAs(evil.id)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' })
})

test('a recovery code lets its owner put a factor in order, and do nothing else that is sensitive', () => {
  const operations = defaultSensitiveOperations.flatMap(({ actions }) => (actions === 'any' ? [] : actions))
  const allowed = operations.filter((action) =>
    defaultSensitiveOperations.every(
      ({ actions, factors }) => !actions.includes(action) || factors.includes('recovery-code'),
    ),
  )
  expect(allowed).toEqual(['enrol-factor', 'remove-factor'])
  const request = { subject: ada, action: { name: 'enrol-factor' }, resource: { type: 'user', id: 'ada' } }
  const now = new Date('2026-01-01T00:00:00Z')
  // No proof, no enrolment: a session alone does not change how its subject authenticates.
  expect(missingFactor({ request, requestDigest: digest, now }, defaultSensitiveOperations)).toMatchObject({
    reason: 'no-factor',
    freshForMs: 0,
  })
})

test('keys that are about to expire are found in time, as the page says, and those that have a successor are not', async () => {
  const page = readFileSync(new URL('../../../../docs/explanation/access.md', import.meta.url), 'utf8')
  const [, code = ''] = /```js\n(const week = [^`]+)```/.exec(page) ?? []
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const keys = await openApiKeys({ database, pepper })
  const inDays = (days: number): Date => new Date(Date.now() + days * 24 * 60 * 60 * 1000)
  const create = async (days: number) => keys.create({ subject: ada, roles: [], expiresAt: inDays(days) })
  const [soon, , rotated, revoked] = [await create(6), await create(8), await create(5), await create(5)]
  await keys.rotate(rotated.id, { overlapMs: 60_000, expiresAt: inDays(90) })
  await keys.revoke(revoked.id)
  const run = new Function('keys', `return (async () => { ${code}\nreturn due })()`)
  expect(((await run(keys)) as { id: string }[]).map(({ id }) => id)).toEqual([soon.id])
})

test('a person can be told of each change of how they authenticate, and of each attempt that was probably not theirs', async () => {
  const { keys, sessions, mfa, clock, entries } = await setUp()
  const authenticator = createTestAuthenticator(relyingParty.id, origin)
  const begun = await mfa.passkeys.beginRegistration(ada, 's1', 'ada')
  await mfa.passkeys.finishRegistration(ada, 's1', authenticator.register(begun))
  const { id, secret } = await mfa.totp.enrol(ada, { issuer: 'Models', account: 'ada' })
  await mfa.totp.confirm(ada, id, codeAt(secret, clock.now()), 'home')
  await mfa.recoveryCodes.replace(ada)
  const { id: keyId } = await keys.create({ subject: ada, roles: [], expiresAt: tomorrow })
  await keys.rotate(keyId, { overlapMs: 0, expiresAt: tomorrow })
  await keys.revoke(keyId)
  const { token } = await sessions.create({ subject: ada, roles: [], binding: 'laptop' })
  await expect(sessions.authenticate(token, { binding: 'elsewhere' })).rejects.toMatchObject(refused)
  for (let index = 0; index < 5; index += 1) await sessions.create({ subject: ada, roles: [] })
  const copy = async () => {
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor: 'passkey' as const, response: authenticator.answer(challenge, { counter: 1 }) }
    return mfa.prove({ challenge, operation: operationOf(), source: 'elsewhere', answer })
  }
  await expect(copy()).rejects.toMatchObject(refused)
  const guess = async () => {
    const { challenge } = await mfa.challenge(operationOf())
    const answer = { factor: 'totp' as const, code: 'abcdef' }
    return mfa.prove({ challenge, operation: operationOf(), source: 'elsewhere', answer })
  }
  for (let index = 0; index < 4; index += 1) await expect(guess()).rejects.toMatchObject(refused)
  await expect(guess()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await mfa.passkeys.remove(ada, authenticator.id)

  const notices = entries.flatMap((entry) => accountNotice(entry) ?? [])
  expect(notices.every(({ subject }) => subject === 'user:ada')).toBe(true)
  expect(notices.map(({ kind }) => kind)).toEqual([
    'factor-added',
    'factor-added',
    'recovery-codes-replaced',
    'api-key-created',
    'api-key-rotated',
    'api-key-created',
    'api-key-revoked',
    'session-elsewhere',
    'session-displaced',
    'passkey-copied',
    'factor-refused',
    'factor-refused',
    'factor-refused',
    'factor-refused',
    'too-many-attempts',
    'factor-removed',
  ])
  // Everyday use tells nobody anything.
  const everyday = { category: 'access', actor: 'user:ada', resource: 'session:x', outcome: 'succeeded' } as const
  expect(accountNotice({ ...everyday, action: 'session.create' })).toBeUndefined()
  expect(accountNotice({ ...everyday, action: 'mfa.prove', reason: 'totp for delete' })).toBeUndefined()
})
