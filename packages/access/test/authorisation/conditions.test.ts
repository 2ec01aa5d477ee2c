import type { AccessRequest } from '@nootropic/core'
import { expect, test } from 'vitest'
import type { Condition } from '../../src/authorisation/condition.ts'
import { decide } from '../../src/authorisation/decide.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'

const now = new Date('2026-01-01T12:00:00Z')
const decideUnder = (conditions: Condition[], over: object, effect: 'permit' | 'forbid' = 'permit') => {
  const always = { principal: 'any', actions: 'any', resource: { type: 'model' } } as const
  const rules = indexRules([
    { ...always, id: 'r', effect, conditions },
    ...(effect === 'forbid' ? [{ ...always, id: 'all', effect: 'permit' as const }] : []),
  ])
  const asked = {
    subject: { type: 'user', id: 'ada' },
    action: { name: 'execute' },
    resource: { type: 'model', id: 'digits' },
    ...over,
  }
  return decide(asked as AccessRequest, rules, now)
}
const subject = (properties: object) => ({ subject: { type: 'user', id: 'ada', properties } })
const resource = (properties: object) => ({ resource: { type: 'model', id: 'digits', properties } })

test('a purpose must be one of those named; without one nothing is known', () => {
  const purpose: Condition = { kind: 'purpose', purposes: ['care'] }
  expect(decideUnder([purpose], { context: { purpose: 'care' } }).decision).toBe(true)
  expect(decideUnder([purpose], { context: { purpose: 'sale' } }).context.nearest).toHaveLength(1)
  expect(decideUnder([purpose], {}).context.reason).toMatch(/cannot be evaluated/)
})

test('tenants: the same, another, none', () => {
  const rule: Condition[] = [{ kind: 'tenant' }]
  const both = (left: unknown, right: unknown) => ({ ...subject({ tenant: left }), ...resource({ tenant: right }) })
  expect(decideUnder(rule, both('a', 'a')).decision).toBe(true)
  expect(decideUnder(rule, both('a', 'b')).decision).toBe(false)
  for (const unknown of [
    {},
    subject({ tenant: 'a' }),
    resource({ tenant: 'a' }),
    both('', ''),
    both(null, null),
    both(['a'], ['a']),
  ]) {
    expect(decideUnder(rule, unknown).decision).toBe(false)
  }
  // A wall between tenants: one forbid for all, and no tenant is no way through it.
  const wall: Condition[] = [{ kind: 'not', condition: { kind: 'tenant' } }]
  expect(decideUnder(wall, both('a', 'a'), 'forbid').decision).toBe(true)
  for (const other of [both('a', 'b'), {}, both('', '')])
    expect(decideUnder(wall, other, 'forbid').decision).toBe(false)
})

test('owners: by id, by type and id, none', () => {
  const rule: Condition[] = [{ kind: 'owner' }]
  expect(decideUnder(rule, resource({ owner: 'ada' })).decision).toBe(true)
  expect(decideUnder(rule, resource({ owner: { type: 'user', id: 'ada' } })).decision).toBe(true)
  for (const owner of ['bob', { type: 'service', id: 'ada' }, { id: 'ada' }, '', null, ['ada']]) {
    expect(decideUnder(rule, resource({ owner })).decision).toBe(false)
  }
  expect(decideUnder(rule, {}).decision).toBe(false)
})

test('an attribute of the wrong kind is an error, so that a forbid on it still denies', () => {
  const archived: Condition = { kind: 'attribute', of: 'resource', name: 'status', test: { equals: 'archived' } }
  expect(decideUnder([archived], resource({ status: 'archived' }), 'forbid').decision).toBe(false)
  expect(decideUnder([archived], resource({ status: 'active' }), 'forbid').decision).toBe(true)
  for (const status of [['archived'], { archived: true }, 1, null]) {
    expect(decideUnder([archived], resource({ status }), 'forbid').decision).toBe(false)
  }
  expect(decideUnder([archived], {}, 'forbid').decision).toBe(false)
  expect(decideUnder([{ ...archived, whenAbsent: 'unmet' }], {}, 'forbid').decision).toBe(true)
  const inherited: Condition = {
    kind: 'attribute',
    of: 'resource',
    name: 'constructor',
    test: { equals: 'x' },
    whenAbsent: 'met',
  }
  expect(decideUnder([inherited], resource({})).decision).toBe(true)
})

test('days of the week, UTC', () => {
  expect(decideUnder([{ kind: 'time', days: ['thursday'] }], {}).decision).toBe(true)
  expect(decideUnder([{ kind: 'time', days: ['friday', 'monday'] }], {}).decision).toBe(false)
})

test('step-up: where fresh authentication is all that is missing, the answer names it', () => {
  const fresh: Condition = { kind: 'authentication', factors: ['passkey', 'totp'], maximumAgeSeconds: 300 }
  const proved = (factor: string, secondsAgo: number) =>
    subject({ factor, factorProvedAt: new Date(now.getTime() - secondsAgo * 1000).toISOString() })
  expect(decideUnder([fresh], proved('totp', 300)).decision).toBe(true)
  for (const missing of [{}, proved('totp', 301), proved('recovery-code', 1), proved('totp', -1)]) {
    const { decision, context } = decideUnder([fresh], missing)
    expect(decision).toBe(false)
    expect(context.stepUp).toEqual({ factors: ['passkey', 'totp'], maximumAgeSeconds: 300 })
    expect(context.reason).toMatch(/"r" does after authentication by passkey or totp within 300 s$/)
  }
  const night: Condition = { kind: 'time', daily: { from: '22:00', until: '06:00' } }
  expect(decideUnder([fresh, night], {}).context.stepUp).toBeUndefined()
  for (const wrong of [
    { factor: 'totp' },
    { factorProvedAt: now.toISOString() },
    { factor: 'totp', factorProvedAt: 'now' },
    { factor: ['totp'], factorProvedAt: now.toISOString() },
  ]) {
    expect(decideUnder([fresh], subject(wrong)).context.reason).toMatch(/cannot be evaluated/)
  }
})
