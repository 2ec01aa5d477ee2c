import { type AccessRequest, accessDecisionSchema, createManualClock, type Digest } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createAuthorizer } from '../src/authorisation/authorizer.ts'
import type { Rule } from '../src/authorisation/rule.ts'
import type { SensitiveOperation } from '../src/mfa/sensitive-operations.ts'
import { createStepUpAuthorizer, type StepUpEvidence } from '../src/mfa/step-up-authorizer.ts'
import { openSessions } from '../src/sessions/sessions.ts'
import { ada, codeAt, digest, operationOf } from './support/factors.ts'
import { setUpMfa } from './support/mfa.ts'

const operators: Rule = {
  id: 'operators',
  effect: 'permit',
  principal: { role: 'operator' },
  actions: 'any',
  resource: { type: 'model' },
}
const minute = 60_000

/** Sessions and second factors over one database, and an operator who asks. */
const setUp = async (operations?: readonly SensitiveOperation[]) => {
  const { mfa, database, clock, enrol } = await setUpMfa()
  const sessions = await openSessions({ database, clock })
  const authorizer = createStepUpAuthorizer({
    authorizer: createAuthorizer([operators], { clock }),
    clock,
    ...(operations === undefined ? {} : { operations }),
  })
  const ask = async (token: string, action: string, evidence?: StepUpEvidence) =>
    authorizer.authorize(
      {
        subject: await sessions.authenticate(token),
        action: { name: action },
        resource: { type: 'model', id: 'digits' },
      },
      evidence,
    )
  return { mfa, clock, enrol, sessions, authorizer, ask }
}

test('a fresh factor of the session will do, a stale or missing one is asked for by name and age', async () => {
  const { clock, sessions, ask } = await setUp()
  const { token } = await sessions.create({ subject: ada, roles: ['operator'] })
  const stepUp = { factors: ['passkey', 'totp'], maximumAgeSeconds: 300 }
  const missing = await ask(token, 'export')
  expect(accessDecisionSchema.parse(missing)).toEqual({
    decision: false,
    context: {
      reason:
        'permitted by "operators", but "export" needs passkey or totp proved within 300 s, and none was proved for it',
      rules: ['operators'],
      stepUp,
    },
  })
  const proved = await sessions.create({ subject: ada, roles: ['operator'], factor: 'totp' })
  expect((await ask(proved.token, 'export')).decision).toBe(true)
  clock.advance(5 * minute)
  const stale = await ask(proved.token, 'export')
  expect([stale.decision, stale.context.stepUp]).toEqual([false, stepUp])
  expect(stale.context.reason).toMatch(/and the one that was proved is too old$/)
  const spare = await sessions.create({ subject: ada, roles: ['operator'], factor: 'recovery-code' })
  expect((await ask(spare.token, 'export')).context.reason).toMatch(/and another one was proved$/)
  // What is not sensitive needs nothing.
  expect((await ask(token, 'execute')).decision).toBe(true)
})

test('what needs a proof of its own takes one, for this request only, and not from the request', async () => {
  const { mfa, clock, enrol, sessions, authorizer, ask } = await setUp()
  const secret = await enrol()
  const { id, token } = await sessions.create({ subject: ada, roles: ['operator'], factor: 'totp' })
  const first = await ask(token, 'delete')
  expect(first.context.stepUp).toEqual({ factors: ['passkey', 'totp'], maximumAgeSeconds: 0 })
  const operation = operationOf({ session: id })
  const { challenge } = await mfa.challenge(operation)
  const answer = { factor: 'totp', code: codeAt(secret, clock.now()) } as const
  const proof = await mfa.prove({ challenge, operation, source: 'home', answer })
  const evidence = { proof, requestDigest: digest }
  expect((await ask(token, 'delete', evidence)).decision).toBe(true)
  expect((await ask(token, 'grant', evidence)).decision).toBe(false)
  const other = `sha256:${'1'.repeat(64)}` as Digest
  expect((await ask(token, 'delete', { proof, requestDigest: other })).decision).toBe(false)

  const subject = await sessions.authenticate(token)
  const smuggled = { ...subject, properties: { ...subject.properties, proof: { ...proof }, requestDigest: digest } }
  const request = { subject: smuggled, action: { name: 'delete' }, resource: { type: 'model', id: 'digits' } }
  expect((await authorizer.authorize(request)).decision).toBe(false)
  await expect(authorizer.authorize({ ...request, proof } as AccessRequest)).rejects.toMatchObject({ code: 'USAGE' })
  clock.advance(minute)
  expect((await ask(token, 'delete', evidence)).decision).toBe(false)
})

test('who may not do it at all is only told that, whatever they proved', async () => {
  const { sessions, ask } = await setUp()
  const { token } = await sessions.create({ subject: ada, roles: ['guest'], factor: 'totp' })
  const { decision, context } = await ask(token, 'export')
  expect([decision, context.stepUp]).toEqual([false, undefined])
  expect(context.reason).toMatch(/^no rule permits user "ada"/)
})

test('every sensitive operation that covers a request must be satisfied', async () => {
  const { sessions, ask } = await setUp([
    { actions: 'any', factors: ['totp', 'passkey'], freshForMs: minute },
    { actions: ['export'], resourceType: 'model', factors: ['passkey'], freshForMs: minute },
  ])
  const { token } = await sessions.create({ subject: ada, roles: ['operator'], factor: 'totp' })
  expect((await ask(token, 'execute')).decision).toBe(true)
  expect((await ask(token, 'export')).context.stepUp).toEqual({ factors: ['passkey'], maximumAgeSeconds: 60 })
})

test('a factor stays as old as it is when the clock is set back', async () => {
  const { clock, sessions, ask } = await setUp()
  const { token } = await sessions.create({ subject: ada, roles: ['operator'], factor: 'totp' })
  const subject = await sessions.authenticate(token)
  let now = clock.now()
  const authorizer = createStepUpAuthorizer({
    authorizer: createAuthorizer([operators], { clock }),
    clock: { now: () => now, monotonicMs: clock.monotonicMs },
  })
  const request = { subject, action: { name: 'export' }, resource: { type: 'model', id: 'digits' } }
  clock.advance(6 * minute)
  expect((await ask(token, 'export')).decision).toBe(false)
  now = new Date(now.getTime() - minute)
  expect((await authorizer.authorize(request)).decision).toBe(false)
})

test('an authorizer that answers something else than true, or a clock without a time, permits nothing', async () => {
  const request = { subject: ada, action: { name: 'export' }, resource: { type: 'model', id: 'digits' } }
  const context = { reason: 'x', rules: [] }
  const odd = createStepUpAuthorizer({
    authorizer: { authorize: async () => ({ decision: 'yes' as unknown as boolean, context }) },
  })
  expect((await odd.authorize(request)).decision).toBe(false)
  const start = createManualClock('2026-01-01T00:00:00Z')
  const timeless = createStepUpAuthorizer({
    authorizer: { authorize: async () => ({ decision: true, context }) },
    clock: { now: () => new Date(Number.NaN), monotonicMs: start.monotonicMs },
  })
  const properties = { factor: 'totp', factorProvedAt: start.now().toISOString() }
  expect((await timeless.authorize({ ...request, subject: { ...ada, properties } })).decision).toBe(false)
})

test('wrong operations are refused when the authorizer is made', () => {
  const operations = [{ actions: [], factors: ['totp'], freshForMs: 0 }] as SensitiveOperation[]
  const make = () => createStepUpAuthorizer({ authorizer: createAuthorizer([]), operations })
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
})
