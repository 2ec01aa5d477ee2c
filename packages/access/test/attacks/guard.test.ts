import { NootropicError } from '@nootropic/core'
import { expect, test } from 'vitest'
import { encodeRecord } from '../../src/audit/record.ts'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import { createFetchGuard } from '../../src/guard/fetch-guard.ts'
import { createGate, type GateOptions } from '../../src/guard/gate.ts'
import { createHost, good, operation, outcomes } from '../guard/support.ts'

const rules = createAuthorizer([
  { id: 'all', effect: 'permit', principal: 'any', actions: ['execute'], resource: { type: 'model' } },
])
const denied = createAuthorizer([])

test('a request that names nothing, or more than a record holds, is the caller’s mistake and on record', async () => {
  const { options, entries } = await createHost()
  const named = [
    { ...operation, resource: { type: 'model', id: '' } },
    { ...operation, resource: { type: 'model', id: '\u0000'.repeat(6000) } },
    { ...operation, action: { name: 'x'.repeat(70_000) } },
    { ...operation, cost: { tokens: -5 } },
    { ...operation, cost: { tokens: Number.NaN } },
    { ...operation, cost: { tokens: 0.5 } },
    { ...operation, cost: { tokens: 1e300 } },
  ]
  for (const authorizer of [rules, denied]) {
    for (const one of named) {
      entries.length = 0
      // As a log that takes no record beyond its bounds.
      const audit: GateOptions['audit'] = async (entry) => {
        encodeRecord(entry, '2026-01-01T00:00:00.000Z')
        entries.push(entry)
      }
      const answer = await createGate({ ...options, authorizer, audit }).admit(good, () => one)
      expect(answer).toMatchObject({ admitted: false, status: 400 })
      expect(outcomes(entries)).toEqual(['access user:ada ask denied'])
    }
  }
})

test('a known caller whose request cannot be decided is refused, and that is on record', async () => {
  const lost = new NootropicError('STORAGE_FAILED', 'expected the database at /srv/secret, found none')
  const faults: ((options: GateOptions) => GateOptions)[] = [
    (options) => ({ ...options, authorizer: { authorize: () => Promise.reject(lost) } }),
    (options) => ({ ...options, authorizer: { authorize: async () => undefined as never } }),
    (options) => ({
      ...options,
      authorizer: denied,
      challenge: () => {
        throw new Error('secret')
      },
    }),
  ]
  for (const fault of faults) {
    const { options, entries } = await createHost()
    const answer = await createGate(fault(options)).admit(good, () => operation)
    expect(answer).toMatchObject({ admitted: false })
    expect(outcomes(entries)).toEqual(['access user:ada execute failed'])
    expect(JSON.stringify(entries)).not.toContain('secret')
  }
  const { options, entries, state } = await createHost()
  state.failQuota = true
  expect(await createGate(options).admit(good, () => operation)).toMatchObject({ status: 503 })
  expect(outcomes(entries)).toEqual(['access user:ada execute failed'])
  entries.length = 0
  expect(await createGate(options).admit(good, () => Promise.reject(new Error('secret')))).toMatchObject({
    status: 500,
  })
  expect(outcomes(entries)).toEqual(['access user:ada ask failed'])
})

test('HEAD costs what GET costs: an answer whose body nobody reads is settled and on record', async () => {
  const { options, entries, remaining } = await createHost()
  const guard = createFetchGuard({ ...options, operationOf: () => ({ ...operation, cost: { tokens: 0 } }) })
  const handler = guard((_request, { use }) => {
    use({ tokens: 40 })
    return new Response('a'.repeat(10))
  })
  const response = await handler(
    new Request('https://models.example/digits', { method: 'HEAD', headers: { authorization: `Bearer ${good}` } }),
  )
  expect(response.body).toBe(null)
  expect(await remaining()).toEqual({ requests: 2, tokens: 60 })
  expect(outcomes(entries)).toEqual(['access user:ada execute allowed', 'operation user:ada execute succeeded'])
})

test('an answer that its caller leaves is settled and on record, even where its source cannot be stopped', async () => {
  const { options, entries, remaining } = await createHost()
  const guard = createFetchGuard({ ...options, operationOf: () => ({ ...operation, cost: { tokens: 0 } }) })
  const handler = guard((_request, { use }) => {
    use({ tokens: 40 })
    return new Response(
      new ReadableStream({
        pull: (to) => to.enqueue(Buffer.from('a')),
        cancel: () => Promise.reject(new Error('stuck')),
      }),
    )
  })
  const response = await handler(
    new Request('https://models.example/digits', { headers: { authorization: `Bearer ${good}` } }),
  )
  await response.body?.cancel().catch(() => {})
  expect(await remaining()).toEqual({ requests: 2, tokens: 60 })
  expect(outcomes(entries)).toEqual(['access user:ada execute allowed', 'operation user:ada execute failed'])
})

test('a wrong proof is a credential that is refused, and not a failure of the host', async () => {
  const { options, entries } = await createHost()
  const wrong = new NootropicError('CREDENTIAL_INVALID', 'expected a right answer to an open challenge, got another')
  const answer = await createGate(options).admit(good, () => Promise.reject(wrong))
  expect(answer).toMatchObject({ admitted: false, status: 401 })
  expect(outcomes(entries)).toEqual(['access user:ada ask denied'])
})
