import { type AccessRequest, createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import type { Condition } from '../../src/authorisation/condition.ts'
import { decide } from '../../src/authorisation/decide.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'
import { compareWithOracle } from './compare.ts'

const now = new Date('2026-01-01T12:00:00Z')
const request = (
  over: { id?: string; roles?: string[]; action?: string; model?: string; ip?: string } = {},
): AccessRequest => ({
  subject: { type: 'user', id: over.id ?? 'ada', properties: { roles: over.roles ?? [] } },
  action: { name: over.action ?? 'execute' },
  resource: { type: 'model', id: over.model ?? 'digits' },
  ...(over.ip === undefined ? {} : { context: { ip: over.ip } }),
})
const permit: Rule = {
  id: 'analysts',
  effect: 'permit',
  principal: { role: 'analyst' },
  actions: ['execute'],
  resource: { type: 'model', id: 'digits' },
}
const answer = (rules: readonly Rule[], asked: AccessRequest) => decide(asked, indexRules(rules), now)
const analyst = request({ roles: ['analyst'] })

test('without a rule everything is denied', () => {
  expect(answer([], request())).toEqual({
    decision: false,
    context: {
      reason: 'no rule permits user "ada" to "execute" model "digits", and none grants anything near it',
      rules: [],
    },
  })
})

test('a permit permits, and a forbid wins over it wherever it stands', () => {
  expect(answer([permit], analyst)).toEqual({
    decision: true,
    context: { reason: 'permitted by "analysts"', rules: ['analysts'] },
  })
  const forbid: Rule = {
    ...permit,
    id: 'stop',
    effect: 'forbid',
    principal: 'any',
    actions: 'any',
    resource: { type: 'model' },
  }
  for (const rules of [
    [permit, forbid],
    [forbid, permit],
  ]) {
    expect(answer(rules, analyst)).toEqual({
      decision: false,
      context: { reason: 'forbidden by "stop"', rules: ['stop'] },
    })
  }
})

test('a denial by default names the nearest grant and what it lacks', () => {
  const reasonOf = (over: Parameters<typeof request>[0]): string => answer([permit], request(over)).context.reason
  expect(reasonOf({})).toMatch(/"analysts", but its principal is the role "analyst"$/)
  expect(reasonOf({ roles: ['analyst'], action: 'delete' })).toMatch(/but its action is "execute"$/)
  expect(reasonOf({ roles: ['analyst'], model: 'faces' })).toMatch(/but its resource is model "digits"$/)
  expect(reasonOf({ action: 'delete' })).toMatch(/but its principal is the role "analyst" and its action is "execute"$/)
})

test('conditions: time windows, days over midnight, networks', () => {
  const holds = (condition: Condition, asked = analyst): boolean =>
    answer([{ ...permit, conditions: [condition] }], asked).decision
  expect(holds({ kind: 'time', notBefore: '2026-01-01T12:00:00Z' })).toBe(true)
  expect(holds({ kind: 'time', notAfter: '2026-01-01T12:00:00Z' })).toBe(false)
  expect(holds({ kind: 'time', daily: { from: '08:00', until: '12:00' } })).toBe(false)
  expect(holds({ kind: 'time', daily: { from: '12:00', until: '12:01' } })).toBe(true)
  expect(holds({ kind: 'time', daily: { from: '22:00', until: '06:00' } })).toBe(false)
  expect(holds({ kind: 'time', daily: { from: '22:00', until: '12:30' } })).toBe(true)
  const network: Condition = { kind: 'network', ranges: ['10.0.0.0/8', 'fd00::/8'] }
  for (const [ip, expected] of [
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['fd12::1', true],
    ['11.0.0.1', false],
    ['::1', false],
    ['fe80::1%eth0', false],
  ] as const) {
    expect([ip, holds(network, request({ roles: ['analyst'], ip }))]).toEqual([ip, expected])
  }
})

test('an unmet condition is named; one that cannot be evaluated denies, even beside a permit that holds', () => {
  const office: Rule = { ...permit, id: 'office', conditions: [{ kind: 'network', ranges: ['10.0.0.0/8'] }] }
  expect(answer([office], request({ roles: ['analyst'], ip: '192.0.2.1' })).context).toMatchObject({
    reason:
      'no rule permits user "ada" to "execute" model "digits"; the nearest grant is "office", but its condition does not hold: it holds for 10.0.0.0/8 only',
    rules: ['office'],
    nearest: [{ rule: 'office', lacks: [{ part: 'condition' }] }],
  })
  for (const asked of [analyst, request({ roles: ['analyst'], ip: 'x' })]) {
    const { decision, context } = answer([permit, office], asked)
    expect(decision).toBe(false)
    expect(context.rules).toEqual(['office'])
    expect(context.reason).toMatch(/^rule "office" cannot be evaluated: /)
  }
  expect(answer([{ ...office, effect: 'forbid' }, permit], analyst).decision).toBe(false)
})

test('names that look like each other’s keys are not confused', () => {
  const rule: Rule = { ...permit, principal: { subject: { type: 'user', id: 'a:b' } } }
  expect(answer([rule], { ...request(), subject: { type: 'user:a', id: 'b' } }).decision).toBe(false)
  expect(answer([{ ...permit, principal: { role: 'any' } }], request()).decision).toBe(false)
  expect(answer([{ ...permit, actions: ['any'], principal: 'any' }], request()).decision).toBe(false)
  expect(answer([{ ...permit, principal: { role: '__proto__' } }], request({ roles: ['constructor'] })).decision).toBe(
    false,
  )
})

test('roles that are no list of names deny', () => {
  for (const roles of ['analyst', [1], { 0: 'analyst' }, Array.from({ length: 65 }, () => 'analyst')]) {
    const asked = { ...analyst, subject: { type: 'user', id: 'ada', properties: { roles } } }
    expect(answer([{ ...permit, principal: 'any' }], asked as AccessRequest).decision).toBe(false)
  }
})

test('wrong rules are refused when the authorizer is made', () => {
  for (const rules of [
    [permit, permit],
    [{ ...permit, actions: [] }],
    [{ ...permit, effect: 'allow' }],
    [{ ...permit, extra: 1 }],
    [{ ...permit, conditions: [{ kind: 'network', ranges: ['10.0.0.0/33'] }] }],
    [{ ...permit, conditions: [{ kind: 'time', daily: { from: '8:00', until: '24:00' } }] }],
  ]) {
    expect(() => createAuthorizer(rules as Rule[])).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
  }
})

test('a credential’s scopes narrow its owner’s rights and shrink with them', async () => {
  const clock = createManualClock(now.toISOString())
  const wide: Rule = { ...permit, actions: 'any', resource: { type: 'model' } }
  const scoped = (over: Parameters<typeof request>[0], scopes: unknown): AccessRequest => {
    const asked = request({ roles: ['analyst'], ...over })
    return { ...asked, subject: { ...asked.subject, properties: { roles: ['analyst'], scopes } } } as AccessRequest
  }
  const scopes = [{ action: 'execute', resource: { type: 'model', id: 'digits' } }]
  const authorizer = createAuthorizer([wide], { clock })
  const decisions = async (asked: AccessRequest): Promise<boolean> => (await authorizer.authorize(asked)).decision
  expect(await decisions(scoped({}, scopes))).toBe(true)
  expect(await decisions(scoped({ model: 'faces' }, scopes))).toBe(false)
  expect(await decisions(scoped({ action: 'delete' }, scopes))).toBe(false)
  expect(await decisions(scoped({ model: 'faces' }, [{ action: 'execute', resource: { type: 'model' } }]))).toBe(true)
  for (const wrong of [[], null, 'all', [{}]]) expect(await decisions(scoped({}, wrong))).toBe(false)
  const { context } = await authorizer.authorize(scoped({ model: 'faces' }, scopes))
  expect(context.reason).toMatch(/scopes do not hold "execute" on model "faces"/)
  expect((await createAuthorizer([], { clock }).authorize(scoped({}, scopes))).decision).toBe(false)
  const denied = await createAuthorizer([], { clock }).authorize(scoped({ model: 'faces' }, scopes))
  expect(denied.context.reason).toMatch(/^no rule permits/)
  await expect(authorizer.authorize({} as AccessRequest)).rejects.toMatchObject({ code: 'USAGE' })
})

test('100,000 random requests are decided and explained as a look at every rule does: 0 differences', () => {
  const { differences, permitted, forbidden, explained, steppedUp } = compareWithOracle(20260101, 1000, 100)
  expect(differences).toEqual([])
  // The cases are not all of one sort.
  expect(permitted).toBeGreaterThan(5000)
  expect(forbidden).toBeGreaterThan(5000)
  expect(explained).toBeGreaterThan(5000)
  expect(steppedUp).toBeGreaterThan(300)
}, 300_000)

test('a daily time from one minute to the same is refused: as a forbid it would never hold', () => {
  const daily = { from: '00:00', until: '00:00' }
  const resource = { type: 'model' }
  const rule: Rule = {
    id: 'f',
    effect: 'forbid',
    principal: 'any',
    actions: 'any',
    resource,
    conditions: [{ kind: 'time', daily }],
  }
  expect(() => indexRules([rule])).toThrow('leave daily out for the whole day')
})
