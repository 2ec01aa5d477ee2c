import { NootropicError } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { type AuthzenEndpointOptions, createAuthzenEndpoint } from '../../src/authzen/endpoint.ts'

const rule: Rule = {
  id: 'r',
  effect: 'permit',
  principal: { role: 'analyst' },
  actions: ['execute'],
  resource: { type: 'model', id: 'digits' },
  conditions: [{ kind: 'authentication', factors: ['totp'], maximumAgeSeconds: 60 }],
}
const asked = {
  subject: { type: 'user', id: 'ada', properties: { roles: ['analyst'] } },
  action: { name: 'execute' },
  resource: { type: 'model', id: 'digits' },
}
const make = (over: Partial<AuthzenEndpointOptions> = {}) =>
  createAuthzenEndpoint({
    authorizer: createAuthorizer([rule]),
    policyDecisionPoint: 'https://pdp.example.org/a',
    authenticateCaller: () => {},
    ...over,
  })
const send = (
  endpoint: ReturnType<typeof make>,
  body: string | Uint8Array<ArrayBuffer> = JSON.stringify(asked),
  over: RequestInit & { path?: string } = {},
) => {
  const { path = '/a/access/v1/evaluation', ...init } = over
  const headers = { 'content-type': 'application/json' }
  return endpoint(new Request(`https://pdp.example.org${path}`, { method: 'POST', headers, body, ...init }))
}

test('a caller is asked who it is before its body is read', async () => {
  for (const [code, status] of [
    ['CREDENTIAL_INVALID', 401],
    ['ACCESS_DENIED', 403],
    ['STORAGE_FAILED', 500],
  ] as const) {
    const endpoint = make({
      authenticateCaller: async () => {
        throw new NootropicError(code, 'expected a key, found none; ask for one')
      },
    })
    const response = await send(endpoint, 'no json')
    expect(response.status).toBe(status)
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null)
    expect(await response.text()).toBe(
      status === 500 ? 'internal error' : `${code}: expected a key, found none; ask for one`,
    )
  }
})

test('strangers learn the decision and what authentication is missing; an explanation only where it is asked for', async () => {
  const stepUp = { factors: ['totp'], maximumAgeSeconds: 60 }
  expect(await (await send(make())).json()).toEqual({ decision: false, context: { stepUp } })
  expect(await (await send(make({ disclose: 'explanation' }))).json()).toMatchObject({
    decision: false,
    context: { rules: ['r'], nearest: [{ rule: 'r' }], stepUp },
  })
  const other = JSON.stringify({ ...asked, action: { name: 'delete' } })
  expect(await (await send(make(), other)).json()).toEqual({ decision: false })
})

test('an authorizer that fails is 500 without a word of why; in a batch its item is denied', async () => {
  const seen: unknown[] = []
  const failing = make({
    authorizer: {
      authorize: async () => {
        throw new Error('connection to db.internal refused')
      },
    },
    onError: (error) => void seen.push(error),
  })
  const response = await send(failing)
  expect([response.status, await response.text()]).toEqual([500, 'internal error'])
  const batch = await send(failing, JSON.stringify({ ...asked, evaluations: [{}] }), {
    path: '/a/access/v1/evaluations',
  })
  expect(await batch.json()).toEqual({
    evaluations: [{ decision: false, context: { error: { status: 500, message: 'internal error' } } }],
  })
  expect(seen).toHaveLength(2)
  const sloppy = make({
    authorizer: { authorize: async () => ({ decision: 'yes', context: { reason: '', rules: [] } }) as never },
  })
  expect(await (await send(sloppy)).json()).toEqual({ decision: false })
})

test('other paths, other methods, searches without a catalogue', async () => {
  const endpoint = make()
  expect((await send(endpoint, undefined, { path: '/access/v1/evaluation' })).status).toBe(404)
  expect((await send(endpoint, undefined, { path: '/a/access/v1/search/subject' })).status).toBe(404)
  const got = await endpoint(new Request('https://pdp.example.org/a/access/v1/evaluation'))
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  const posted = await send(endpoint, undefined, { path: '/.well-known/authzen-configuration/a' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET'])
})

test('bodies that are too long, too deep or not UTF-8 are refused', async () => {
  expect((await send(make(), `"${'x'.repeat(1024 * 1024)}"`)).status).toBe(413)
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const nested = `{"subject":{"type":"user","id":"a","properties":{"x":${deep}}},"action":{"name":"a"},"resource":{"type":"m","id":"d"}}`
  expect((await send(make(), nested)).status).toBe(400)
  expect((await send(make(), new Uint8Array([0x22, 0xff, 0x22]))).status).toBe(400)
  const polluted =
    '{"__proto__":{"subject":1},"subject":{"type":"user","id":"a","properties":{"__proto__":{"roles":["analyst"]}}},"action":{"name":"execute"},"resource":{"type":"model","id":"digits"}}'
  expect(await (await send(make(), polluted)).json()).toEqual({ decision: false })
})

test('a decision point’s URL is https without query, fragment or user', () => {
  for (const policyDecisionPoint of [
    'http://pdp.example.org',
    'pdp',
    'https://a:b@pdp.example.org',
    'https://pdp.example.org/?',
    'https://pdp.example.org/#',
  ]) {
    expect(() => make({ policyDecisionPoint })).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
  }
})

test('each evaluation is told for the audit log, and where that fails there is no decision', async () => {
  const seen: string[] = []
  const told = make({
    onDecision: ({ subject }, { context }) => void seen.push(`${subject.id} ${context.rules.join()}`),
  })
  await send(told)
  await send(told, JSON.stringify({ ...asked, evaluations: [{}, { action: { name: 1 } }, {}] }), {
    path: '/a/access/v1/evaluations',
  })
  expect(seen).toEqual(['ada r', 'ada r', 'ada r'])
  const permitted = createAuthorizer([{ ...rule, conditions: [] }])
  const unwritable = make({ authorizer: permitted, onDecision: () => Promise.reject(new Error('disk full')) })
  expect((await send(unwritable)).status).toBe(500)
})
