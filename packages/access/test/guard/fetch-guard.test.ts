import { createManualClock, NootropicError } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createFetchGuard, type GuardedFetchHandler } from '../../src/guard/fetch-guard.ts'
import { createHost, good, operation, outcomes, requests, suspended } from './support.ts'

const ask = (credential?: string): Request =>
  new Request(
    'http://host/digits',
    credential === undefined ? {} : { headers: { authorization: `Bearer ${credential}` } },
  )
const ok: GuardedFetchHandler = () => new Response('fine')
const host = async (...args: Parameters<typeof createHost>) => {
  const made = await createHost(...args)
  return { ...made, guard: createFetchGuard({ ...made.options, operationOf: () => operation }) }
}

test('a request that is let through is settled when its body was read, and written down before and after', async () => {
  const { guard, entries, remaining } = await host()
  const during: unknown[] = []
  const response = await guard(async (_, { subject, use }) => {
    during.push(subject.id, outcomes(entries), await remaining())
    use({ tokens: 4 })
    return new Response('fine', { status: 201, headers: { 'x-own': 'kept' } })
  })(ask(good))
  expect(during).toEqual(['ada', ['access user:ada execute allowed'], { requests: 2, tokens: 90 }])
  expect(response.status).toBe(201)
  expect(response.headers.get('x-own')).toBe('kept')
  expect(response.headers.get('ratelimit')).toBe('"requests";r=2;t=60, "tokens";r=90;t=60')
  expect(await response.text()).toBe('fine')
  expect(await remaining()).toEqual({ requests: 2, tokens: 96 })
  expect(outcomes(entries)).toEqual(['access user:ada execute allowed', 'operation user:ada execute succeeded'])
})

test('strangers, the denied and the throttled are told nothing but that', async () => {
  const { guard, entries } = await host()
  let runs = 0
  const handler = guard(() => {
    runs += 1
    return new Response('fine')
  })
  const seen = async (credential?: string) => {
    const response = await handler(ask(credential))
    return { status: response.status, body: await response.text(), fields: Object.fromEntries(response.headers) }
  }
  const none = await seen()
  const wrong = await seen('wrong')
  expect(none).toEqual(wrong)
  expect(none).toEqual({
    status: 401,
    body: '{"title":"A valid credential is needed","status":401}',
    fields: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer',
    },
  })
  const denied = await seen(suspended)
  expect(denied.status).toBe(403)
  expect(JSON.stringify(denied)).not.toContain('rule')
  for (let count = 0; count < 3; count += 1) expect((await seen(good)).status).toBe(200)
  const throttled = await seen(good)
  expect(throttled.status).toBe(429)
  expect(throttled.fields).toMatchObject({ 'retry-after': '60', ratelimit: '"requests";r=0;t=60, "tokens";r=70;t=60' })
  expect(runs).toBe(3)
  expect(entries.map(({ actor, outcome, reason }) => `${actor} ${outcome} ${reason ?? ''}`)).toEqual([
    'anonymous denied no credential was sent',
    'anonymous denied the credential was refused',
    'user:eve denied forbidden by "secret-rule"',
    ...Array.from({ length: 3 }, () => ['user:ada allowed permitted by "secret-rule"', 'user:ada succeeded ']).flat(),
    'user:ada denied the quota "requests" is used up',
  ])
})

test('what is no bearer credential is none', async () => {
  const { guard } = await host()
  for (const field of [
    `Basic ${good}`,
    `Bearer ${good}, Bearer ${good}`,
    `Bearer ${good} x`,
    'Bearer',
    good,
    `Bearer ${'a'.repeat(5000)}`,
  ]) {
    const request = new Request('http://host/', { headers: { authorization: field } })
    expect((await guard(ok)(request)).status, field).toBe(401)
  }
  const lower = new Request('http://host/', { headers: { authorization: `bearer  ${good}` } })
  expect((await guard(ok)(lower)).status).toBe(200)
})

test('nothing runs when a store or the audit log fails, and nothing stays reserved', async () => {
  for (const fault of ['failAuthenticator', 'failQuota', 'failAudit'] as const) {
    const { guard, state, errors, remaining } = await host()
    let runs = 0
    state[fault] = true
    const response = await guard(() => {
      runs += 1
      return new Response()
    })(ask(good))
    expect([fault, response.status, runs]).toEqual([fault, 503, 0])
    expect(await response.text()).toBe('{"title":"The request cannot be carried out now","status":503}')
    expect(errors).toHaveLength(1)
    expect(await remaining()).toEqual({ requests: 3, tokens: 100 })
  }
})

test('a denial that cannot be written down is still no, and says that the host is not well', async () => {
  const { guard, state } = await host()
  state.failAudit = true
  for (const credential of [undefined, 'wrong', suspended]) {
    expect((await guard(ok)(ask(credential))).status).toBe(503)
  }
})

test('an answer whose end cannot be written down is withheld or broken off', async () => {
  const { guard, state, errors } = await host()
  const failing =
    (body: string | null): GuardedFetchHandler =>
    () => {
      state.failAudit = true
      return new Response(body)
    }
  expect((await guard(failing(null))(ask(good))).status).toBe(503)
  state.failAudit = false
  const response = await guard(failing('result'))(ask(good))
  await expect(response.text()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  expect(errors).toHaveLength(2)
})

test('a handler that throws, or gives no response, is a 500 without its message; what was reserved counts', async () => {
  const { guard, entries, errors, remaining } = await host()
  const broken: GuardedFetchHandler = () => Promise.reject(new Error('at /srv/models/secret'))
  const response = await guard(broken)(ask(good))
  expect([response.status, await response.text()]).toEqual([500, '{"title":"The request failed","status":500}'])
  expect((await guard((() => 'text') as unknown as GuardedFetchHandler)(ask(good))).status).toBe(500)
  expect(errors).toHaveLength(2)
  expect(outcomes(entries).filter((line) => line.endsWith('failed'))).toHaveLength(2)
  expect(await remaining()).toEqual({ requests: 1, tokens: 80 })
})

test('a caller who goes away, a body that breaks off and a 5xx count as failed and are settled', async () => {
  const { guard, entries, remaining } = await host()
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(8)) })
  const left = await guard((_, { use }) => {
    use({ tokens: 1 })
    return new Response(endless)
  })(ask(good))
  await left.body?.cancel()
  const breaking = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('gone')) })
  await expect((await guard(() => new Response(breaking))(ask(good))).text()).rejects.toThrow()
  await (await guard(() => new Response('no', { status: 502 }))(ask(good))).text()
  const ends = entries.filter(({ category }) => category === 'operation')
  expect(ends.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
    'failed: the caller went away',
    'failed: the answer broke off',
    'failed: status 502',
  ])
  expect(await remaining()).toEqual({ requests: 0, tokens: 79 })
})

test('a caller who goes away while the next part is waited for has not been answered', async () => {
  const { guard, entries, errors, remaining } = await host()
  const part = new Uint8Array(8)
  // The second is a source that does not stop before its part has come, as a generator does.
  for (const stop of [() => {}, () => new Promise<void>(() => {})]) {
    const before = entries.length
    const sources: ReadableStreamDefaultController[] = []
    const pull = (source: ReadableStreamDefaultController) => void sources.push(source)
    const waiting = new ReadableStream<Uint8Array>({ pull, cancel: stop }, { highWaterMark: 0 })
    const response = await guard((_, { use }) => {
      use({ tokens: 1 })
      return new Response(waiting)
    })(ask(good))
    const reader = response.body?.getReader()
    await expect.poll(() => sources.length).toBe(1)
    sources[0]?.enqueue(part)
    expect(await reader?.read()).toEqual({ done: false, value: part })
    await expect.poll(() => sources.length).toBe(2)
    const next = reader?.read()
    void reader?.cancel()
    expect(await next).toMatchObject({ done: true })
    await expect.poll(() => entries.length).toBe(before + 2)
    expect(entries.at(-1)).toMatchObject({ outcome: 'failed', reason: 'the caller went away' })
  }
  expect(await remaining()).toEqual({ requests: 1, tokens: 98 })
  expect(errors).toEqual([])
})

test('a request that asks for nothing known is 400 to a known caller and 401 to a stranger', async () => {
  const { options, entries } = await createHost()
  const guard = createFetchGuard({
    ...options,
    operationOf: () => {
      throw new NootropicError('USAGE', 'expected a model, got /etc')
    },
  })
  const known = await guard(ok)(ask(good))
  expect([known.status, await known.text()]).toEqual([400, '{"title":"The request cannot be understood","status":400}'])
  expect((await guard(ok)(ask('wrong'))).status).toBe(401)
  expect(entries.map(({ outcome }) => outcome)).toEqual(['denied', 'denied'])
})

test('a reader of credentials that throws has found none, and a defect in naming the operation is a 500', async () => {
  const { options, errors } = await createHost()
  const fail = (): never => {
    throw new TypeError('defect')
  }
  const reader = createFetchGuard({ ...options, operationOf: () => operation, credentialOf: fail })
  expect((await reader(ok)(ask(good))).status).toBe(401)
  expect((await createFetchGuard({ ...options, operationOf: fail })(ok)(ask(good))).status).toBe(500)
  expect(errors).toHaveLength(2)
})

test('a denial that a further proof would lift can say so (RFC 9470)', async () => {
  const { options } = await createHost()
  const challenge = 'Bearer error="insufficient_user_authentication", max_age="300"'
  const guard = createFetchGuard({ ...options, operationOf: () => operation, challenge: () => challenge })
  const response = await guard(ok)(ask(suspended))
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge])
})

test('compute that was reserved is replaced by the time that passed, unless the handler says otherwise', async () => {
  const quota = { ...requests, id: 'compute', measure: 'compute-seconds', limit: 100 } as const
  const { options, remaining } = await createHost([quota])
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const cost = { 'compute-seconds': 30 }
  const guard = createFetchGuard({ ...options, clock, operationOf: () => ({ ...operation, cost }) })
  await guard(() => {
    clock.advance(2000)
    return new Response(null)
  })(ask(good))
  expect(await remaining()).toEqual({ compute: 98 })
  await guard((_, { use }) => {
    expect(() => use({ 'compute-seconds': -1 })).toThrow('expected amounts')
    use({ 'compute-seconds': 8 })
    return new Response(null)
  })(ask(good))
  expect(await remaining()).toEqual({ compute: 90 })
})
