import { setFlagsFromString } from 'node:v8'
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { type AccessRequest, createSeededRandom } from '@nootropic/core'
import { newEnforcer, newModelFromString, StringAdapter } from 'casbin'
import { costOf, median } from '../../../tools/bench/cost.ts'
import { decide } from '../src/authorisation/decide.ts'
import type { Rule } from '../src/authorisation/rule.ts'
import { indexRules } from '../src/authorisation/rule-index.ts'
import { openCedarAuthorizer } from '../src/cedar/cedar-authorizer.ts'

// Decisions of `decide`, explained, beside those of casbin, which explains nothing, and Cedar, which names policies: the same
// rules and requests in the same run, for a second of processor time. And Cedar in slices by scope, as `openCedarAuthorizer` asks it.

// V8 of Node 20 ends the process now and then when a function that calls WebAssembly is deoptimised inside the call, as
// thousands of calls of Cedar make likely.
setFlagsFromString('--no-turbo-inline-js-wasm-calls')

const random = createSeededRandom(1)
const actions = ['read', 'execute', 'update', 'delete', 'list', 'export', 'audit', 'share']
const roleCount = 10
const userCount = 1000
const rounds = 5
// Of one engine in one round; and of the comparison of its decisions with ours, which the slow ones do not end.
const roundMs = 600
const comparisonMs = 3000

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
  // One text: policies that are added one after the other are each looked for among all before them.
  const policies = rules.map(
    (rule) =>
      `p, ${principalName(rule)}, ${resourceId(rule)}, ${rule.actions[0]}, ${rule.effect === 'permit' ? 'allow' : 'deny'}`,
  )
  const roles = Array.from({ length: userCount }, (_, user) =>
    [...new Set(rolesOf(user))].map((role) => `g, user-${user}, ${role}`),
  ).flat()
  const enforcer = await newEnforcer(casbinModel, new StringAdapter([...policies, ...roles].join('\n')))
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

interface Engine {
  readonly name: string
  readonly ask: Ask
}

/** Of how many requests the engine decides as we do, in the time that there is. */
const compare = async ({ name, ask }: Engine, requests: readonly AccessRequest[], expected: readonly boolean[]) => {
  const end = performance.now() + comparisonMs
  let count = 0
  for (const request of requests) {
    if (performance.now() > end) break
    if ((await ask(request)) !== expected[count]) {
      throw new Error(`expected ${name} to decide as we do, found a difference at request ${count}`)
    }
    count += 1
  }
  return count
}

/** Decisions per second of processor time. */
const decisionsPerSecond = async ({ ask }: Engine, requests: readonly AccessRequest[]): Promise<number> => {
  let count = 0
  const { cpu } = await costOf(async () => {
    const end = performance.now() + roundMs
    for (let block = 1; performance.now() < end; block = Math.min(2 * block, 64)) {
      // In blocks: looking at the clock costs as much as a decision.
      for (let place = 0; place < block; place += 1) {
        const request = requests[count % requests.length]
        const answer = request === undefined ? false : ask(request)
        if (typeof answer !== 'boolean') await answer
        count += 1
      }
    }
  })
  return count / cpu
}

const show = (rate: number): string => (rate < 100 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en'))
const tell = (line: string): void => void process.stdout.write(`${line}\n`)

tell(
  '| rules | permitted | beside | its decisions/s | decide, explained: decisions/s | times as many | decided alike |',
)
tell('| ---: | ---: | --- | ---: | ---: | ---: | ---: |')
const now = new Date('2026-01-01T12:00:00Z')
for (const count of [200, 20_000]) {
  const rules = makeRules(count)
  const index = indexRules(rules)
  const requests = makeRequests(rules, 2000)
  const ours: Engine = { name: 'decide', ask: (request) => decide(request, index, now).decision }
  const expected = requests.map((request) => decide(request, index, now).decision)
  const permitted = Math.round((100 * expected.filter((is) => is).length) / expected.length)
  const others: Engine[] = [
    { name: 'casbin 5, enforceSync', ask: await casbinOf(rules) },
    { name: 'Cedar 4, statefulIsAuthorized', ask: cedarOf(rules) },
    { name: 'Cedar 4 in our slices', ask: await slicedCedarOf(rules) },
  ]
  for (const engine of others) {
    const alike = await compare(engine, requests, expected)
    const rates: { ours: number; theirs: number }[] = []
    for (let round = 0; round < rounds; round += 1) {
      rates.push({ ours: await decisionsPerSecond(ours, requests), theirs: await decisionsPerSecond(engine, requests) })
    }
    const ratio = median(rates.map((rate) => rate.ours / rate.theirs))
    const [mine, theirs] = [median(rates.map((rate) => rate.ours)), median(rates.map((rate) => rate.theirs))]
    const cells = [count.toLocaleString('en'), `${permitted} %`, engine.name, show(theirs), show(mine)]
    tell(`| ${[...cells, `**${show(ratio)} ×**`, `${alike} of ${requests.length}`].join(' | ')} |`)
  }
}
