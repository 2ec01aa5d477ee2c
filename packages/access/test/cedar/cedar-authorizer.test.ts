import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { type AccessRequest, createManualClock, createSeededRandom, type SeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { decide } from '../../src/authorisation/decide.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { indexRules } from '../../src/authorisation/rule-index.ts'
import { openCedarAuthorizer } from '../../src/cedar/cedar-authorizer.ts'
import { knownEntities, toCedarQuestion } from '../../src/cedar/cedar-request.ts'
import type { CedarEntity } from '../../src/cedar/engine.ts'
import { pick } from '../authorisation/oracle.ts'

const clock = createManualClock('2026-01-01T12:00:00Z')
const request = (over: object = {}, properties: object = { roles: ['analyst'] }): AccessRequest =>
  ({
    subject: { type: 'user', id: 'ada', properties },
    action: { name: 'execute' },
    resource: { type: 'model', id: 'digits' },
    ...over,
  }) as AccessRequest
const analysts = 'permit(principal in Role::"analyst", action == Action::"execute", resource == model::"digits");'
const open = (policies: Record<string, string>, entities: CedarEntity[] = []) =>
  openCedarAuthorizer({ policies, entities, clock })

test('Cedar policies permit, forbid and deny by default, each with the policies that decided', async () => {
  const authorizer = await open({ analysts, stop: 'forbid(principal == user::"bob", action, resource);' })
  expect(await authorizer.authorize(request())).toEqual({
    decision: true,
    context: { reason: 'permitted by "analysts"', rules: ['analysts'] },
  })
  const bob = { subject: { type: 'user', id: 'bob', properties: { roles: ['analyst'] } } }
  expect(await authorizer.authorize(request(bob))).toEqual({
    decision: false,
    context: { reason: 'forbidden by "stop"', rules: ['stop'] },
  })
  expect(await authorizer.authorize(request({}, {}))).toEqual({
    decision: false,
    context: { reason: 'no Cedar policy permits user "ada" to "execute" model "digits"', rules: [] },
  })
  await expect(authorizer.authorize({} as AccessRequest)).rejects.toMatchObject({ code: 'USAGE' })
})

test('a policy that cannot be evaluated denies, a forbid too, where Cedar itself would skip it', async () => {
  for (const effect of ['permit', 'forbid']) {
    const authorizer = await open({
      analysts,
      broken: `${effect}(principal, action, resource) when { context.level > 2 };`,
    })
    const { decision, context } = await authorizer.authorize(request())
    expect(decision).toBe(false)
    expect(context.rules).toEqual(['broken'])
    expect(context.reason).toMatch(/^policy "broken" cannot be evaluated/)
    expect((await authorizer.authorize(request({ context: { level: 3 } }))).decision).toBe(effect === 'permit')
  }
})

test('numbers that JavaScript has rounded are refused: 2^53 + 1 would pass for 2^53', async () => {
  const authorizer = await open({
    all: 'permit(principal, action, resource);',
    cap: 'forbid(principal, action, resource) when { context has n && context.n > 9007199254740992 };',
  })
  expect((await authorizer.authorize(request({ context: { n: Number.MAX_SAFE_INTEGER } }))).decision).toBe(true)
  for (const n of [JSON.parse('9007199254740993'), JSON.parse('-9007199254740993'), 1.5, 1e300]) {
    for (const over of [
      { context: { n } },
      { context: { deep: [{ n }] } },
      { action: { name: 'execute', properties: { n } } },
    ]) {
      const { decision, context } = await authorizer.authorize(request(over))
      expect(decision).toBe(false)
      expect(context.reason).toMatch(/whole numbers up to 2\^53 - 1/)
    }
  }
})

test('a request cannot state entities or extension values', async () => {
  const authorizer = await open({ boss: 'permit(principal, action, resource) when { context.boss in Role::"admin" };' })
  for (const boss of [
    { __entity: { type: 'Role', id: 'admin' } },
    [{ __extn: { fn: 'ip', arg: '::1' } }],
    { __expr: 'Role::"admin"' },
  ]) {
    const { decision, context } = await authorizer.authorize(request({ context: { boss } }))
    expect(decision).toBe(false)
    expect(context.reason).toMatch(/expected plain values in context, found __/)
  }
})

test('what the host knows stands above what a request says; groups, attributes, address and time are there', async () => {
  const entities: CedarEntity[] = [
    {
      uid: { type: 'model', id: 'digits' },
      attrs: { status: 'active', keeper: { __entity: { type: 'user', id: 'eve' } } },
      parents: [{ type: 'Set', id: 'scans' }],
    },
    { uid: { type: 'Set', id: 'scans' }, attrs: {}, parents: [{ type: 'Set', id: 'imaging' }] },
    { uid: { type: 'Set', id: 'imaging' }, attrs: {}, parents: [] },
    { uid: { type: 'user', id: 'eve' }, attrs: { level: 3 }, parents: [] },
  ]
  const holds = async (policy: string, over: object = {}): Promise<boolean> =>
    (await (await open({ policy }, entities)).authorize(request(over))).decision
  expect(await holds('permit(principal, action, resource in Set::"imaging");')).toBe(true)
  expect(await holds('permit(principal, action, resource is model in Set::"scans");')).toBe(true)
  expect(await holds('permit(principal, action, resource in Set::"other");')).toBe(false)
  const lied = { resource: { type: 'model', id: 'digits', properties: { status: 'archived' } } }
  expect(await holds('permit(principal, action, resource) when { resource.status == "archived" };', lied)).toBe(false)
  expect(await holds('permit(principal, action, resource) when { resource.keeper.level == 3 };')).toBe(true)
  expect(
    await holds('permit(principal, action, resource) when { action.soft };', {
      action: { name: 'delete', properties: { soft: true } },
    }),
  ).toBe(true)
  const office = 'permit(principal, action, resource) when { context.ip.isInRange(ip("10.0.0.0/8")) };'
  expect(await holds(office, { context: { ip: '10.1.2.3' } })).toBe(true)
  expect(await holds(office, { context: { ip: '11.1.2.3' } })).toBe(false)
  expect(await holds(office, { context: { ip: 'x' } })).toBe(false)
  const until = 'permit(principal, action, resource) when { context.now < datetime("2026-01-02") };'
  expect(await holds(until, { context: { now: 'never' } })).toBe(true)
})

test('a credential’s scopes narrow what Cedar permits', async () => {
  const authorizer = await open({ all: 'permit(principal, action, resource);' })
  const scopes = [{ action: 'read', resource: { type: 'model' } }]
  expect((await authorizer.authorize(request({}, { scopes }))).decision).toBe(false)
  expect((await authorizer.authorize(request({ action: { name: 'read' } }, { scopes }))).decision).toBe(true)
})

test('wrong policies, slots, a schema that they do not fit, and a missing package are refused', async () => {
  for (const policies of [
    { x: 'permit(' },
    { x: 'permit(principal == ?principal, action, resource);' },
    { x: `${analysts}${analysts}` },
  ]) {
    await expect(open(policies)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  }
  const schema =
    'entity Role; entity user in [Role]; entity model { status: String }; action execute appliesTo { principal: user, resource: model, context: {} };'
  await openCedarAuthorizer({ policies: { analysts }, schema })
  const policies = { x: 'permit(principal, action == Action::"execute", resource) when { resource.stauts == "a" };' }
  await expect(openCedarAuthorizer({ policies, schema })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  await expect(openCedarAuthorizer({ policies, schema: 'entity' })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
  })
  const load = () => Promise.reject(new Error('not found'))
  await expect(openCedarAuthorizer({ policies, load })).rejects.toMatchObject({ code: 'PEER_DEPENDENCY_MISSING' })
})

const names = {
  role: ['r0', 'r1'],
  user: ['u0', 'u1'],
  action: ['a0', 'a1', 'a2'],
  model: ['m0', 'm1', 'm2'],
  set: ['s0', 's1'],
}
const randomPolicy = (random: SeededRandom): string => {
  const principal = pick(random, [
    'principal',
    `principal in Role::"${pick(random, names.role)}"`,
    `principal == user::"${pick(random, names.user)}"`,
  ])
  const action = pick(random, [
    'action',
    `action == Action::"${pick(random, names.action)}"`,
    'action in [Action::"a0", Action::"a1"]',
    'action in Action::"all"',
  ])
  const resource = pick(random, [
    'resource',
    'resource is model',
    `resource == model::"${pick(random, names.model)}"`,
    `resource in Set::"${pick(random, names.set)}"`,
    `resource is model in Set::"${pick(random, names.set)}"`,
  ])
  const when = pick(random, ['', '', '', ' when { context.level > 1 }', ' unless { resource has old && resource.old }'])
  return `${random.uniform() < 0.2 ? 'forbid' : 'permit'}(${principal}, ${action}, ${resource})${when};`
}
const setEntities: CedarEntity[] = [
  { uid: { type: 'model', id: 'm0' }, attrs: {}, parents: [{ type: 'Set', id: 's0' }] },
  { uid: { type: 'model', id: 'm1' }, attrs: { old: true }, parents: [] },
  { uid: { type: 'Set', id: 's0' }, attrs: {}, parents: [{ type: 'Set', id: 's1' }] },
  { uid: { type: 'Action', id: 'a2' }, attrs: {}, parents: [{ type: 'Action', id: 'all' }] },
]
const randomAsked = (random: SeededRandom): AccessRequest =>
  request({
    subject: {
      type: 'user',
      id: pick(random, names.user),
      properties: { roles: names.role.filter(() => random.uniform() < 0.4) },
    },
    action: { name: pick(random, names.action) },
    resource: { type: 'model', id: pick(random, names.model) },
    context: random.uniform() < 0.9 ? { level: 1 + random.integer(2) } : {},
  })

test('slices answer as one set of all policies does: decision, reasons and errors, 2,000 random requests', async () => {
  const random = createSeededRandom(5)
  let permitted = 0
  for (let round = 0; round < 40; round += 1) {
    const policies = Object.fromEntries(
      Array.from({ length: 1 + random.integer(14) }, (_, index) => [`p${index}`, randomPolicy(random)]),
    )
    const authorizer = await open(policies, setEntities)
    cedar.preparsePolicySet('whole', { staticPolicies: policies })
    for (let step = 0; step < 50; step += 1) {
      const asked = randomAsked(random)
      const question = toCedarQuestion(asked, knownEntities(setEntities), clock.now())
      if ('refusal' in question) throw new Error(question.refusal)
      const { resources: _, ...call } = question
      const whole = cedar.statefulIsAuthorized({
        ...call,
        preparsedPolicySetId: 'whole',
      } as unknown as cedar.StatefulAuthorizationCall)
      if (whole.type === 'failure') throw new Error('expected an answer')
      const { decision, diagnostics } = whole.response
      const errors = diagnostics.errors.map(({ policyId }) => policyId)
      const isPermitted = decision === 'allow' && errors.length === 0
      const expected = isPermitted
        ? diagnostics.reason
        : [...errors, ...(decision === 'deny' ? diagnostics.reason : [])]
      const found = await authorizer.authorize(asked)
      expect([found.decision, found.context.rules.toSorted()]).toEqual([isPermitted, expected.toSorted()])
      if (isPermitted) permitted += 1
    }
  }
  expect(permitted).toBeGreaterThan(300)
})

test('Cedar and our rules agree on what both can say: 2,000 random requests', async () => {
  const random = createSeededRandom(6)
  let permitted = 0
  for (let round = 0; round < 40; round += 1) {
    const rules = Array.from(
      { length: 1 + random.integer(12) },
      (_, index): Rule => ({
        id: `p${index}`,
        effect: random.uniform() < 0.2 ? 'forbid' : 'permit',
        principal: pick<Rule['principal']>(random, [
          'any',
          { role: pick(random, names.role) },
          { subject: { type: 'user', id: pick(random, names.user) } },
        ]),
        actions: pick<Rule['actions']>(random, ['any', [pick(random, names.action)]]),
        resource: pick<Rule['resource']>(random, [{ type: 'model' }, { type: 'model', id: pick(random, names.model) }]),
      }),
    )
    const text = ({ effect, principal, actions, resource }: Rule): string => {
      const who =
        principal === 'any'
          ? ''
          : 'role' in principal
            ? ` in Role::"${principal.role}"`
            : 'subject' in principal
              ? ` == user::"${principal.subject.id}"`
              : ''
      const what = actions === 'any' ? '' : ` == Action::"${actions[0]}"`
      const which = 'id' in resource ? ` == model::"${resource.id}"` : ' is model'
      return `${effect}(principal${who}, action${what}, resource${which});`
    }
    const authorizer = await open(Object.fromEntries(rules.map((rule) => [rule.id, text(rule)])))
    const index = indexRules(rules)
    for (let step = 0; step < 50; step += 1) {
      const asked = randomAsked(random)
      const ours = decide(asked, index, clock.now())
      const theirs = await authorizer.authorize(asked)
      expect(theirs.decision).toBe(ours.decision)
      if (ours.context.nearest === undefined) expect(theirs.context.rules).toEqual(ours.context.rules)
      if (ours.decision) permitted += 1
    }
  }
  expect(permitted).toBeGreaterThan(300)
})

test('a subject is no role, and one whose roles cannot be read is denied as by rules: a forbid could be for one of them', async () => {
  const authorizer = await open({
    all: 'permit(principal, action, resource);',
    stop: 'forbid(principal in Role::"suspended", action, resource);',
    admins: 'permit(principal in Role::"admin", action, resource);',
  })
  for (const roles of ['suspended', { 0: 'suspended' }, [['suspended']], [1], null]) {
    expect([roles, (await authorizer.authorize(request({}, { roles }))).decision]).toEqual([roles, false])
  }
  for (const type of ['Role', 'Group']) {
    const subject = { type, id: 'admin' }
    expect((await authorizer.authorize(request({ subject }))).decision).toBe(false)
  }
  expect((await authorizer.authorize(request())).decision).toBe(true)
})

test('a credential with fewer roles than its owner has no more rights: what a role forbids it forbids to both', async () => {
  const authorizer = await open({
    analysts: 'permit(principal in Role::"analyst", action, resource);',
    stop: 'forbid(principal in Role::"suspended", action, resource);',
    admins: 'permit(principal in Role::"admin", action, resource);',
  })
  const as = async (properties: object) => (await authorizer.authorize(request({}, properties))).decision
  expect(await as({ roles: ['analyst'], ownerRoles: ['analyst', 'author'] })).toBe(true)
  expect(await as({ roles: ['analyst'], ownerRoles: ['analyst', 'suspended'] })).toBe(false)
  expect(await as({ roles: [], ownerRoles: ['admin'] })).toBe(false)
  expect(await as({ roles: ['analyst'], ownerRoles: 'suspended' })).toBe(false)
})
