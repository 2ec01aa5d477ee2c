import { sha256 } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import { createFetchGuard, type FetchGuardOptions } from '../../src/guard/fetch-guard.ts'
import { createGate } from '../../src/guard/gate.ts'
import { stepUpChallenge } from '../../src/guard/step-up-challenge.ts'
import { createStepUpAuthorizer } from '../../src/mfa/step-up-authorizer.ts'
import { openSessions } from '../../src/sessions/sessions.ts'
import { createHost } from './support.ts'

const rules = createAuthorizer([
  {
    id: 'owners-export',
    effect: 'permit',
    principal: { subject: { type: 'user', id: 'ada' } },
    actions: ['export'],
    resource: { type: 'model' },
  },
])
const operation = { action: { name: 'export' }, resource: { type: 'model', id: 'digits' } }

/** A guard over real sessions, in front of an operation that asks for a factor of the last five minutes. */
const open = async (changed: Partial<FetchGuardOptions> = {}) => {
  const { options, clock } = await createHost([])
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const sessions = await openSessions({ database, clock, record: async () => {} })
  const guard = createFetchGuard({
    ...options,
    authenticator: sessions,
    authorizer: createStepUpAuthorizer({ authorizer: rules, clock }),
    operationOf: () => operation,
    clientOf: (request) => ({ binding: request.headers.get('x-device') ?? undefined }),
    ...changed,
  })
  const ask = async (token: string, device?: string) => {
    const headers = { authorization: `Bearer ${token}`, ...(device === undefined ? {} : { 'x-device': device }) }
    const { status, headers: fields } = await guard(() => new Response())(new Request('http://host/', { headers }))
    return [status, fields.get('www-authenticate')]
  }
  const begin = (id: string, more = {}) => sessions.create({ subject: { type: 'user', id }, roles: [], ...more })
  return { sessions, clock, ask, begin, options }
}

const challenge = 'Bearer error="insufficient_user_authentication", acr_values="passkey totp", max_age="300"'

test('a session without a fresh factor is told which one is missing, and whoever may not at all is not', async () => {
  const { sessions, clock, ask, begin } = await open()
  const { token } = await begin('ada')
  expect(await ask(token)).toEqual([401, challenge])
  const renewed = await sessions.renew(token, { factor: 'totp' })
  expect(await ask(renewed.token)).toEqual([200, null])
  clock.advance(301_000)
  expect(await ask(renewed.token)).toEqual([401, challenge])
  expect(await ask((await begin('eve')).token)).toEqual([403, null])
})

test('a host may keep to itself what is missing', async () => {
  const { ask, begin } = await open({ challenge: () => undefined })
  expect(await ask((await begin('ada')).token)).toEqual([403, null])
})

test('a session that is bound to a client is refused to every other, and where the host cannot tell', async () => {
  const { ask, begin } = await open()
  const { token } = await begin('ada', { binding: 'device-1' })
  expect(await ask(token, 'device-1')).toEqual([401, challenge])
  expect(await ask(token, 'device-2')).toEqual([401, 'Bearer'])
  expect(await ask(token)).toEqual([401, 'Bearer'])
  const blind = await open({
    clientOf: () => {
      throw new TypeError('defect')
    },
  })
  const bound = await blind.begin('ada', { binding: 'device-1' })
  expect(await blind.ask(bound.token, 'device-1')).toEqual([401, 'Bearer'])
})

test('evidence reaches the authorizer from the host, and from nowhere else', async () => {
  const { options } = await createHost([])
  const seen: unknown[] = []
  const gate = createGate({
    ...options,
    authenticator: { authenticate: async () => ({ type: 'user', id: 'ada' }) },
    authorizer: {
      authorize: async (_, evidence) => {
        seen.push(evidence)
        return { decision: false, context: { reason: 'no', rules: [] } }
      },
    },
  })
  const evidence = {
    proof: { factor: 'totp', provedAt: '2026-01-01T00:00:00Z', binding: 'x' },
    requestDigest: sha256('x'),
  } as const
  await gate.admit('key', () => ({ ...operation, evidence }))
  await gate.admit('key', () => ({ ...operation, context: { evidence: 'claimed' } }))
  expect(seen).toEqual([evidence, undefined])
})

test('a name that would break the field is left out of it', () => {
  const of = (...factors: string[]) =>
    stepUpChallenge({
      decision: false,
      context: { reason: '', rules: [], stepUp: { factors, maximumAgeSeconds: 1.5 } },
    })
  expect(of('totp', 'a"b', 'a b', 'a\r\nSet-Cookie: x')).toBe(
    'Bearer error="insufficient_user_authentication", acr_values="totp", max_age="1"',
  )
  expect(of('"')).toBe('Bearer error="insufficient_user_authentication", max_age="1"')
  expect(stepUpChallenge({ decision: false, context: { reason: '', rules: [] } })).toBeUndefined()
})
