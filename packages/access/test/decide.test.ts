import { type AccessRequest, createManualClock, createSeededRandom, type SeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createAuthorizer } from '../src/authorizer.ts'
import { decide } from '../src/decide.ts'
import type { Condition, Rule } from '../src/rule.ts'
import { indexRules } from '../src/rule-index.ts'

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
  expect(answer([office], request({ roles: ['analyst'], ip: '192.0.2.1' }))).toEqual({
    decision: false,
    context: {
      reason: 'the nearest grant is "office", but its condition does not hold: it holds for 10.0.0.0/8 only',
      rules: ['office'],
    },
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
  await expect(authorizer.authorize({} as AccessRequest)).rejects.toMatchObject({ code: 'USAGE' })
})

// The oracle: every rule looked at for every request, written from the description and not from the index.
type Judged = { decision: boolean; rules: string[] }
const oracle = (rules: readonly Rule[], asked: AccessRequest): Judged => {
  const roles = (asked.subject.properties?.roles ?? []) as string[]
  const ip = asked.context?.ip
  const looked = rules.map((rule) => {
    const { principal, actions, resource, conditions = [] } = rule
    const isPrincipal =
      principal === 'any' ||
      ('role' in principal
        ? roles.includes(principal.role)
        : principal.subject.type === asked.subject.type && principal.subject.id === asked.subject.id)
    const isAction = actions === 'any' || actions.includes(asked.action.name)
    const isResource =
      resource.type === asked.resource.type && (resource.id === undefined || resource.id === asked.resource.id)
    const results = conditions.map((condition) => {
      if (condition.kind === 'time') return condition.notAfter === undefined || condition.notAfter > now.toISOString()
      return typeof ip === 'string' ? ip.startsWith('10.') : 'error'
    })
    const condition = results.includes('error') ? 'error' : !results.includes(false)
    return { rule, isPrincipal, isAction, isResource, condition }
  })
  const inScope = looked.filter((item) => item.isPrincipal && item.isAction && item.isResource)
  const ids = (items: typeof looked): string[] => items.map(({ rule }) => rule.id)
  const against = inScope.filter(
    ({ rule, condition }) => condition === 'error' || (rule.effect === 'forbid' && condition),
  )
  if (against.length > 0) return { decision: false, rules: ids(against) }
  const permits = looked.filter(({ rule }) => rule.effect === 'permit')
  const granting = inScope.filter(({ rule, condition }) => rule.effect === 'permit' && condition)
  if (granting.length > 0) return { decision: true, rules: ids(granting) }
  const rank = ({ isPrincipal, isAction, isResource }: (typeof looked)[number]): number => {
    const pattern = [isPrincipal, isAction, isResource].map(Number).join('')
    return ['111', '101', '110', '011', '100', '001', '010', '000'].indexOf(pattern)
  }
  const [nearest] = permits.toSorted((left, right) => rank(left) - rank(right))
  return { decision: false, rules: nearest === undefined || rank(nearest) === 7 ? [] : [nearest.rule.id] }
}

const pick = <Item>(random: SeededRandom, items: readonly Item[]): Item => items[random.integer(items.length)] as Item
const users = ['u0', 'u1', 'u2', 'u3']
const roleNames = ['r0', 'r1', 'r2']
const actionNames = ['read', 'execute', 'delete']
const models = ['m0', 'm1', 'm2', 'm3']

const randomRule = (random: SeededRandom, id: string): Rule => ({
  id,
  effect: random.uniform() < 0.2 ? 'forbid' : 'permit',
  principal: pick<Rule['principal']>(random, [
    'any',
    { role: pick(random, roleNames) },
    { role: pick(random, roleNames) },
    { subject: { type: pick(random, ['user', 'service']), id: pick(random, users) } },
  ]),
  actions: pick<Rule['actions']>(random, [
    'any',
    [pick(random, actionNames)],
    [pick(random, actionNames), pick(random, actionNames)],
  ]),
  resource: pick<Rule['resource']>(random, [
    { type: 'model' },
    { type: pick(random, ['model', 'data']), id: pick(random, models) },
    { type: 'model', id: pick(random, models) },
  ]),
  ...(random.uniform() < 0.3
    ? {
        conditions: [
          pick<Condition>(random, [
            { kind: 'time', notAfter: pick(random, ['2025-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']) },
            { kind: 'network', ranges: ['10.0.0.0/8'] },
          ]),
        ],
      }
    : {}),
})

test('100,000 random requests are decided and explained as a look at every rule does: 0 differences', () => {
  const random = createSeededRandom(20260101)
  let differences = 0
  let permitted = 0
  let explained = 0
  for (let policy = 0; policy < 500; policy += 1) {
    const rules = Array.from({ length: random.integer(16) }, (_, index) => randomRule(random, `rule-${index}`))
    const index = indexRules(rules)
    for (let round = 0; round < 200; round += 1) {
      const ip = pick(random, [undefined, '10.0.0.1', '192.0.2.1', '10.255.0.9'])
      const asked: AccessRequest = {
        subject: {
          type: pick(random, ['user', 'user', 'service']),
          id: pick(random, users),
          properties: { roles: roleNames.filter(() => random.uniform() < 0.3) },
        },
        action: { name: pick(random, [...actionNames, 'unheard-of']) },
        resource: { type: pick(random, ['model', 'model', 'data']), id: pick(random, models) },
        ...(ip === undefined ? {} : { context: { ip } }),
      }
      const expected = oracle(rules, asked)
      const { decision, context } = decide(asked, index, now)
      if (decision !== expected.decision || context.rules.join() !== expected.rules.join()) differences += 1
      if (decision) permitted += 1
      else if (context.rules.length > 0) explained += 1
    }
  }
  expect(differences).toBe(0)
  // The cases are not all of one sort.
  expect(permitted).toBeGreaterThan(15_000)
  expect(explained).toBeGreaterThan(15_000)
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
