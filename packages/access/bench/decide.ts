// Decisions per second of processor time of `decide`, explained, beside casbin and Cedar on the same rules and requests in
// the same run; and Cedar in slices by scope, as `openCedarAuthorizer` asks it.
// Run: npx tsx --conditions=@nootropic/source packages/access/bench/decide.ts
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { type AccessRequest, createSeededRandom } from '@nootropic/core'
import { newEnforcer, newModelFromString } from 'casbin'
import { decide } from '../src/authorisation/decide.ts'
import type { Rule } from '../src/authorisation/rule.ts'
import { indexRules } from '../src/authorisation/rule-index.ts'
import { openCedarAuthorizer } from '../src/cedar/cedar-authorizer.ts'

const random = createSeededRandom(1)
const actions = ['read', 'execute', 'update', 'delete', 'list', 'export', 'audit', 'share']
const roleCount = 10
const userCount = 1000
const minimumMs = 2000

const rolesOf = (user: number): string[] => [`role-${user % roleCount}`, `role-${(user * 7 + 3) % roleCount}`]

const makeRules = (count: number): Rule[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `rule-${index}`,
    effect: index % 100 === 0 ? 'forbid' : 'permit',
    principal:
      index % 4 === 0
        ? { subject: { type: 'user', id: `user-${index % userCount}` } }
        : { role: `role-${random.integer(roleCount)}` },
    actions: [actions[index % actions.length] ?? 'read'],
    resource: { type: 'model', id: `model-${random.integer(Math.max(100, count / 2))}` },
  }))

const makeRequests = (rules: readonly Rule[], count: number): AccessRequest[] =>
  Array.from({ length: count }, () => {
    const rule = rules[random.integer(rules.length)]
    const isNear = random.uniform() < 0.7
    const principal = rule?.principal
    const named = typeof principal === 'object' && 'subject' in principal ? principal.subject.id : undefined
    const user = isNear && named !== undefined ? Number(named.slice(5)) : random.integer(userCount)
    const model = rule !== undefined && 'id' in rule.resource ? rule.resource.id : undefined
    return {
      subject: { type: 'user', id: `user-${user}`, properties: { roles: rolesOf(user) } },
      action: { name: (isNear ? rule?.actions[0] : undefined) ?? 'execute' },
      resource: { type: 'model', id: (isNear ? model : undefined) ?? `model-${random.integer(100)}` },
    }
  })

const casbinModel = newModelFromString(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
`)

type Ask = (request: AccessRequest) => boolean | Promise<boolean>

const principalName = ({ principal }: Rule): string =>
  principal === 'any' ? '*' : 'role' in principal ? principal.role : 'subject' in principal ? principal.subject.id : ''
const resourceId = ({ resource }: Rule): string => ('id' in resource ? (resource.id ?? '') : '')

const casbinOf = async (rules: readonly Rule[]): Promise<Ask> => {
  const enforcer = await newEnforcer(casbinModel)
  await enforcer.addPolicies(
    rules.map((rule) => [
      principalName(rule),
      resourceId(rule),
      String(rule.actions[0]),
      rule.effect === 'permit' ? 'allow' : 'deny',
    ]),
  )
  const users = Array.from({ length: userCount }, (_, user) => user)
  await enforcer.addGroupingPolicies(
    users.flatMap((user) => [...new Set(rolesOf(user))].map((role) => [`user-${user}`, role])),
  )
  return ({ subject, resource, action }) => enforcer.enforceSync(subject.id, resource.id, action.name)
}

const cedarText = (rule: Rule): string => {
  const role = rule.principal !== 'any' && 'role' in rule.principal
  const who = role ? `in Role::"${principalName(rule)}"` : `== user::"${principalName(rule)}"`
  return `${rule.effect}(principal ${who}, action == Action::"${rule.actions[0]}", resource == model::"${resourceId(rule)}");`
}

const cedarOf = (rules: readonly Rule[]): Ask => {
  const id = `bench-${rules.length}`
  cedar.preparsePolicySet(id, { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, cedarText(rule)])) })
  return ({ subject, action, resource }) => {
    const principal = { type: subject.type, id: subject.id }
    const parents = rolesOf(Number(subject.id.slice(5))).map((role) => ({ type: 'Role', id: role }))
    const answer = cedar.statefulIsAuthorized({
      principal,
      action: { type: 'Action', id: action.name },
      resource: { type: resource.type, id: resource.id },
      context: {},
      preparsedPolicySetId: id,
      entities: [{ uid: principal, attrs: {}, parents }],
    })
    return answer.type === 'success' && answer.response.decision === 'allow'
  }
}

const slicedCedarOf = async (rules: readonly Rule[]): Promise<Ask> => {
  const policies = Object.fromEntries(rules.map((rule) => [rule.id, cedarText(rule)]))
  const authorizer = await openCedarAuthorizer({ policies })
  return async (request) => (await authorizer.authorize(request)).decision
}

const processorMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Decisions per second of processor time; whatever decides differently ends the run. */
const perSecond = async (
  ask: Ask,
  requests: readonly AccessRequest[],
  expected: readonly boolean[],
): Promise<number> => {
  const warm = performance.now() + minimumMs / 4
  for (let index = 0; index < requests.length && performance.now() < warm; index += 1) {
    const request = requests[index]
    if (request !== undefined && (await ask(request)) !== expected[index]) {
      throw new Error(`expected all engines to decide alike, found a difference at request ${index}`)
    }
  }
  let count = 0
  const start = performance.now()
  const before = processorMs()
  while (performance.now() - start < minimumMs) {
    // In rounds of a few: looking at the clock costs as much as a decision.
    for (let round = 0; round < (count < 50 ? 1 : 50); round += 1) {
      const request = requests[count % requests.length]
      const answer = request === undefined ? false : ask(request)
      if (typeof answer !== 'boolean') await answer
      count += 1
    }
  }
  return (count * 1000) / (processorMs() - before)
}

const lines = [
  '| rules | permitted | decide, explained | casbin | Cedar, one set | Cedar, sliced | decide : casbin | decide : Cedar |',
  '|---|---|---|---|---|---|---|---|',
]
const now = new Date('2026-01-01T12:00:00Z')
for (const count of [200, 20_000]) {
  const rules = makeRules(count)
  const index = indexRules(rules)
  const requests = makeRequests(rules, 2000)
  const expected = requests.map((request) => decide(request, index, now).decision)
  const ours = await perSecond((request) => decide(request, index, now).decision, requests, expected)
  const casbin = await perSecond(await casbinOf(rules), requests, expected)
  const whole = await perSecond(cedarOf(rules), requests, expected)
  const sliced = await perSecond(await slicedCedarOf(rules), requests, expected)
  const permitted = `${Math.round((100 * expected.filter((is) => is).length) / requests.length)} %`
  const rates = [ours, casbin, whole, sliced].map((rate) => (rate < 100 ? rate.toFixed(1) : Math.round(rate)))
  lines.push(`| ${[count, permitted, ...rates, Math.round(ours / casbin), Math.round(ours / whole)].join(' | ')} |`)
}
process.stdout.write(`${lines.join('\n')}\n`)
