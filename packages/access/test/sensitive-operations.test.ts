import { createSeededRandom, type Digest } from '@nootropic/core'
import { expect, test } from 'vitest'
import { bindingOf } from '../src/mfa/challenges.ts'
import { missingFactor, type SensitiveOperation } from '../src/mfa/sensitive-operations.ts'
import { ada, digest, operationOf } from './support/factors.ts'

const now = new Date('2026-01-01T12:00:00Z')
const ago = (milliseconds: number): string => new Date(now.getTime() - milliseconds).toISOString()
const policy: SensitiveOperation[] = [
  { actions: ['delete'], factors: ['passkey', 'totp'], freshForMs: 0 },
  { actions: ['export'], resourceType: 'model', factors: ['passkey'], freshForMs: 60_000 },
]
const requestOf = (action: string, properties: Record<string, string> = {}, type = 'model') => ({
  subject: { ...ada, properties: { session: 's1', ...properties } },
  action: { name: action },
  resource: { type, id: 'digits' },
})
const missing = (request: ReturnType<typeof requestOf>, proof?: Parameters<typeof missingFactor>[0]['proof']) =>
  missingFactor({ request, requestDigest: digest, now, proof }, policy)?.reason

test('what the policy does not name needs nothing', () => {
  expect(missing(requestOf('execute'))).toBeUndefined()
  expect(missing(requestOf('export', {}, 'report'))).toBeUndefined()
})

test('a factor of the session counts as long as it is fresh, and none from the future', () => {
  const factorProvedAt = ago(59_999)
  expect(missing(requestOf('export'))).toBe('no-factor')
  expect(missing(requestOf('export', { factor: 'totp', factorProvedAt }))).toBe('other-factor')
  expect(missing(requestOf('export', { factor: 'passkey', factorProvedAt }))).toBeUndefined()
  expect(missing(requestOf('export', { factor: 'passkey', factorProvedAt: ago(60_000) }))).toBe('stale')
  expect(missing(requestOf('export', { factor: 'passkey', factorProvedAt: ago(-600_000) }))).toBe('stale')
  expect(missing(requestOf('export', { factor: 'passkey', factorProvedAt: 'soon' }))).toBe('stale')
  expect(missing(requestOf('export', { factor: 'magic', factorProvedAt }))).toBe('no-factor')
  expect(missing(requestOf('delete', { factor: 'passkey', factorProvedAt }))).toBe('no-factor')
})

test('a proof counts for the request that it was given for, and for a minute', () => {
  const proof = { factor: 'totp', provedAt: ago(1000), binding: bindingOf(operationOf()) } as const
  const wrong = 'not-for-this-request'
  expect(missing(requestOf('delete'), proof)).toBeUndefined()
  expect(missing(requestOf('delete', { session: 's2' }), proof)).toBe(wrong)
  expect(missing(requestOf('delete', {}, 'report'), proof)).toBe(wrong)
  expect(missing(requestOf('export'), proof)).toBe(wrong)
  expect(missing(requestOf('delete'), { ...proof, provedAt: ago(60_000) })).toBe(wrong)
  expect(missing(requestOf('delete'), { ...proof, factor: 'recovery-code' })).toBe('other-factor')
  const other = `sha256:${'1'.repeat(64)}` as Digest
  const question = { request: requestOf('delete'), requestDigest: other, now, proof }
  expect(missingFactor(question, policy)?.reason).toBe(wrong)
})

test('an API key, which has no session, can do nothing that needs a proof', () => {
  const request = { ...requestOf('delete'), subject: { ...ada, properties: { apiKey: 'k1' } } }
  const proof = { factor: 'totp', provedAt: ago(0), binding: bindingOf(operationOf({ session: '' })) } as const
  expect(missingFactor({ request, requestDigest: digest, now, proof }, policy)?.reason).toBe('not-for-this-request')
})

test('of 20,000 random questions each is let through exactly when a brute-force reading of the policy says so', () => {
  const random = createSeededRandom(7)
  const pick = <Item>(items: readonly Item[]): Item => items[random.integer(items.length)] as Item
  const factors = ['totp', 'passkey', 'recovery-code'] as const
  const actions = ['a', 'b', 'c']
  let mismatches = 0
  let open = 0
  for (let round = 0; round < 20_000; round += 1) {
    const rules: SensitiveOperation[] = Array.from({ length: random.integer(4) }, () => ({
      actions: random.integer(4) === 0 ? 'any' : [pick(actions), pick(actions)],
      ...(random.integer(2) === 0 ? {} : { resourceType: pick(['model', 'report']) }),
      factors: [pick(factors), pick(factors)],
      freshForMs: pick([0, 60_000]),
    }))
    const age = pick([-600_000, 0, 59_999, 60_000])
    const factor = pick([undefined, ...factors])
    const own = factor === undefined ? {} : { factor, factorProvedAt: ago(age) }
    const request = requestOf(pick(actions), own, pick(['model', 'report']))
    const session = pick(['s1', 's1', 's2'])
    const bound = operationOf({ session, action: request.action.name, resource: request.resource })
    const proofAge = pick([0, 59_999, 60_000])
    const proved = pick(factors)
    const proof =
      random.integer(2) === 0 ? undefined : { factor: proved, provedAt: ago(proofAge), binding: bindingOf(bound) }
    const covering = rules.filter(
      (rule) =>
        (rule.actions === 'any' || rule.actions.includes(request.action.name)) &&
        (rule.resourceType === undefined || rule.resourceType === request.resource.type),
    )
    const proofHolds = proof !== undefined && session === 's1' && proofAge < 60_000
    const expected = covering.every(
      (rule) =>
        (proofHolds && rule.factors.includes(proved)) ||
        // A proof that does not hold is somebody's mistake or attack: the session's factor does not make up for it.
        ((proof === undefined || proofHolds) &&
          rule.freshForMs > 0 &&
          factor !== undefined &&
          rule.factors.includes(factor) &&
          age >= 0 &&
          age < rule.freshForMs),
    )
    const found = missingFactor({ request, requestDigest: digest, now, proof }, rules) === undefined
    if (found !== expected) mismatches += 1
    if (expected) open += 1
  }
  expect(mismatches).toBe(0)
  expect(open).toBeGreaterThan(4000)
  expect(open).toBeLessThan(16_000)
})
