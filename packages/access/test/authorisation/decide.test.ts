import { type AccessRequest, accessDecisionSchema, createManualClock, createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import type { Condition } from '../../src/authorisation/condition.ts'
import { decide } from '../../src/authorisation/decide.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'
import { compareWithOracle } from './compare.ts'
import { pick } from './oracle.ts'
import { instants, randomPolicy, randomRequest } from './random-policy.ts'

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

// 1,000,000 of other policies: decide.conformance.ts.
test('10,000 random requests are decided and explained as a look at every rule does: 0 differences', () => {
  const { differences, permitted, forbidden, explained, steppedUp } = compareWithOracle(20260101, 100, 100)
  expect(differences).toEqual([])
  // The cases are not all of one sort.
  expect(permitted).toBeGreaterThan(500)
  expect(forbidden).toBeGreaterThan(500)
  expect(explained).toBeGreaterThan(500)
  expect(steppedUp).toBeGreaterThan(30)
})

test('permits that are switched off: nobody is permitted more, forbids and what cannot be evaluated still deny', () => {
  const random = createSeededRandom(5)
  const switchedOff = ({ principal }: Rule) =>
    typeof principal === 'object' && 'role' in principal ? 'permits by role are off' : undefined
  const wrong: string[] = []
  let lost = 0
  let kept = 0
  for (let policy = 0; policy < 100; policy += 1) {
    const { rules, directory } = randomPolicy(random)
    const all = indexRules(rules, directory)
    const fewer = indexRules(rules, directory, switchedOff)
    const byRole = new Set(rules.filter(switchedOff).map(({ id }) => id))
    for (let round = 0; round < 50; round += 1) {
      const at = pick(random, instants)
      const asked = randomRequest(random, at)
      const before = decide(asked, all, at)
      const after = decide(asked, fewer, at)
      const counting = before.context.rules.filter((id) => !byRole.has(id))
      const isPermitted = before.decision && counting.length > 0
      // A denial by rules stays the one it was.
      const rulesAfter = isPermitted ? counting : before.context.rules
      const isDeniedByRules = !before.decision && before.context.nearest === undefined
      const grants = after.context.nearest ?? []
      const isRight =
        after.decision === isPermitted &&
        (!(isPermitted || isDeniedByRules) || after.context.rules.join() === rulesAfter.join()) &&
        grants.every(({ rule, lacks }) => lacks.some(({ part }) => part === 'switch') === byRole.has(rule)) &&
        accessDecisionSchema.safeParse(after).success
      if (!isRight) wrong.push(JSON.stringify({ rules, directory, asked, before, after }))
      if (after.decision) kept += 1
      else if (before.decision) lost += 1
    }
  }
  expect(wrong).toEqual([])
  expect(lost).toBeGreaterThan(50)
  expect(kept).toBeGreaterThan(50)
})

test('a permit that is switched off is still explained, and nothing that was proved brings it back', () => {
  const stepUp: Rule = {
    ...permit,
    conditions: [{ kind: 'authentication', factors: ['totp'], maximumAgeSeconds: 60 }],
  }
  const off = () => 'it does not count: roles are switched off'
  expect(decide(analyst, indexRules([permit], {}, off), now).context.reason).toMatch(
    /; the nearest grant is "analysts", but it does not count: roles are switched off$/,
  )
  expect(decide(analyst, indexRules([stepUp], {}, off), now).context.stepUp).toBeUndefined()
  expect(decide(analyst, indexRules([{ ...permit, effect: 'forbid' }], {}, off), now).context.rules).toEqual([
    'analysts',
  ])
})

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
