import { createSecretKey, randomBytes } from 'node:crypto'
import { openApiKeys, openSessions } from '@nootropic/access'
import { openDatabase } from '@nootropic/core/storage'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCallerAuthenticator } from '../src/access/caller.ts'

const subject = { type: 'user', id: 'ada' }
const on = { apiKeyRequired: true, mfaForSensitiveOps: true, sessionValidation: true }

let database: Awaited<ReturnType<typeof openDatabase>>
beforeEach(async () => {
  database = await openDatabase(':memory:')
})
afterEach(() => database.close())

const openBoth = async () => ({
  keys: await openApiKeys({ database, pepper: createSecretKey(randomBytes(32)) }),
  sessions: await openSessions({ database }),
})

test('an API key and the token of a session both name their subject', async () => {
  const both = await openBoth()
  const { secret } = await both.keys.create({ subject, roles: ['caller'], expiresAt: new Date(Date.now() + 60_000) })
  const { token } = await both.sessions.create({ subject, roles: ['caller'] })
  const caller = createCallerAuthenticator(both, on)
  expect(await caller.authenticate(secret)).toMatchObject({ ...subject, properties: { roles: ['caller'] } })
  expect(await caller.authenticate(token)).toMatchObject({ ...subject, properties: { roles: ['caller'] } })
})

test('the token of a bound session is of use to the client that it was bound to only', async () => {
  const both = await openBoth()
  const { token } = await both.sessions.create({ subject, roles: [], binding: 'certificate 1' })
  const caller = createCallerAuthenticator(both, on)
  await expect(caller.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  await expect(caller.authenticate(token, { binding: 'certificate 1' })).resolves.toMatchObject(subject)
})

test('without a credential nobody comes in, unless the policy asks for none; a wrong one is refused in any case', async () => {
  const both = await openBoth()
  await expect(createCallerAuthenticator(both, on).authenticate('')).rejects.toMatchObject({
    code: 'CREDENTIAL_INVALID',
  })
  const open = createCallerAuthenticator(both, { ...on, apiKeyRequired: false })
  expect(await open.authenticate('')).toEqual({ type: 'anonymous', id: 'anonymous', properties: { roles: [] } })
  await expect(open.authenticate('nsk_live_wrong')).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
})

test('where sessions are not validated, no token of one opens anything', async () => {
  const both = await openBoth()
  const { token } = await both.sessions.create({ subject, roles: ['operator'] })
  const caller = createCallerAuthenticator(both, { ...on, sessionValidation: false })
  await expect(caller.authenticate(token)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
})
