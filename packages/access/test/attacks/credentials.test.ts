import { createSecretKey, randomBytes } from 'node:crypto'
import type { Json } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { openApiKeys } from '../../src/credentials/api-keys.ts'
import type { RolesOf } from '../../src/credentials/owner.ts'
import type { Mfa } from '../../src/mfa/mfa.ts'
import { stepMs } from '../../src/mfa/totp-code.ts'
import { openSessions } from '../../src/sessions/sessions.ts'
import { createTestAuthenticator } from '../support/authenticator.ts'
import { ada, codeAt, operationOf, relyingParty } from '../support/factors.ts'
import { setUpMfa } from '../support/mfa.ts'

test('what a host says of roles without being a list of them grants none', async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  for (const present of ['administrator', null, false, { includes: () => true }]) {
    const rolesOf = (async () => present) as unknown as RolesOf
    const keys = await openApiKeys({ database, pepper: createSecretKey(randomBytes(32)), rolesOf })
    const expiresAt = new Date(Date.now() + 60_000)
    const { secret } = await keys.create({ subject: { type: 'user', id: 'ada' }, roles: ['admin'], expiresAt })
    await expect(keys.authenticate(secret)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
  }
})

test('a role that its owner gets later forbids to a credential at the next decision what it forbids to its owner', async () => {
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const rules: Rule[] = [
    { id: 'all', effect: 'permit', principal: { role: 'analyst' }, actions: 'any', resource: { type: 'model' } },
    { id: 'stop', effect: 'forbid', principal: { role: 'suspended' }, actions: 'any', resource: { type: 'model' } },
  ]
  const authorizer = createAuthorizer(rules)
  let present = ['analyst']
  const rolesOf = async () => present
  const keys = await openApiKeys({ database, pepper: createSecretKey(randomBytes(32)), rolesOf })
  const sessions = await openSessions({ database, rolesOf })
  const subject = { type: 'user', id: 'ada' }
  const { secret } = await keys.create({ subject, roles: ['analyst'], expiresAt: new Date(Date.now() + 60_000) })
  const { token } = await sessions.create({ subject, roles: ['analyst'] })
  const decisions = async () => {
    const subjects = [await keys.authenticate(secret), await sessions.authenticate(token)]
    const resource = { type: 'model', id: 'digits' }
    const request = { action: { name: 'execute' }, resource }
    return Promise.all(subjects.map(async (one) => (await authorizer.authorize({ ...request, subject: one })).decision))
  }
  expect(await decisions()).toEqual([true, true])
  present = ['analyst', 'suspended']
  expect(await decisions()).toEqual([false, false])
})

test('an answer that is none is refused as a wrong one is, and on record', async () => {
  const { mfa, entries, enrol } = await setUpMfa()
  await enrol()
  for (const answer of [undefined, null, 'totp', {}, { factor: '__proto__' }, { factor: ['totp'], code: '000000' }]) {
    entries.length = 0
    const operation = operationOf()
    const { challenge } = await mfa.challenge(operation)
    const proof = mfa.prove({ challenge, operation, source: 'home', answer } as Parameters<Mfa['prove']>[0])
    await expect(proof).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([['mfa.prove', 'denied']])
  }
})

test('who succeeds from a new place each day is not taken for the strangers who guess', async () => {
  const { clock, enrol, prove, mfa } = await setUpMfa()
  const secret = await enrol()
  for (let day = 0; day < 60; day += 1) {
    clock.advance(20 * 60 * 60 * 1000)
    const answer = { factor: 'totp', code: codeAt(secret, clock.now()) } as const
    expect((await prove(answer, { source: `hotel-${day}` })).factor).toBe('totp')
  }
  // The guesses of strangers are counted as before.
  const outcomes: string[] = []
  for (let attempt = 0; attempt < 25; attempt += 1) {
    const answer = { factor: 'totp', code: '000000' } as const
    outcomes.push(await prove(answer, { source: `bot-${attempt}` }).then(String, (error) => error.code))
  }
  expect(outcomes.filter((code) => code === 'CREDENTIAL_INVALID')).toHaveLength(20)
  clock.advance(stepMs)
  expect(await mfa.totp.list({ type: 'user', id: 'ada' })).toHaveLength(1)
})

test('registrations that began while there was room do not make more passkeys than a subject may have', async () => {
  const { mfa } = await setUpMfa()
  const [origin = ''] = relyingParty.origins
  const begun: Json[] = []
  for (let count = 0; count < 22; count += 1) begun.push(await mfa.passkeys.beginRegistration(ada, 's1', 'ada'))
  const outcomes: string[] = []
  for (const options of begun) {
    const response = createTestAuthenticator(relyingParty.id, origin).register(options)
    const finished = mfa.passkeys.finishRegistration(ada, 's1', response)
    outcomes.push(
      await finished.then(
        () => 'made',
        (error) => error.code,
      ),
    )
  }
  expect(outcomes.slice(19)).toEqual(['made', 'LIMIT_EXCEEDED', 'LIMIT_EXCEEDED'])
  expect(await mfa.passkeys.list(ada)).toHaveLength(20)
})
