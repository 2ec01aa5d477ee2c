// Decisions per second of `decide` against a look at every rule, on the same requests in the same run.
// Run: npx tsx --conditions=@nootropic/source packages/access/bench/decide.ts
import { type AccessRequest, createSeededRandom } from '@nootropic/core'
import { decide } from '../src/decide.ts'
import type { Rule } from '../src/rule.ts'
import { indexRules } from '../src/rule-index.ts'

const random = createSeededRandom(1)
const actions = ['read', 'execute', 'update', 'delete', 'list', 'export', 'audit', 'share']
const roleCount = 10

const makeRules = (count: number): Rule[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `rule-${index}`,
    effect: index % 100 === 0 ? 'forbid' : 'permit',
    principal:
      index % 4 === 0
        ? { subject: { type: 'user', id: `user-${index % 1000}` } }
        : { role: `role-${index % roleCount}` },
    actions: [actions[index % actions.length] ?? 'read'],
    resource: { type: 'model', id: `model-${random.integer(Math.max(100, count / 2))}` },
  }))

const makeRequests = (rules: readonly Rule[], count: number): AccessRequest[] =>
  Array.from({ length: count }, () => {
    const rule = rules[random.integer(rules.length)]
    const isNear = random.uniform() < 0.7
    const roles = [`role-${random.integer(roleCount)}`, `role-${random.integer(roleCount)}`]
    const role =
      rule !== undefined && rule.principal !== 'any' && 'role' in rule.principal ? rule.principal.role : 'role-0'
    return {
      subject: { type: 'user', id: `user-${random.integer(1000)}`, properties: { roles: isNear ? [role] : roles } },
      action: { name: (isNear ? rule?.actions[0] : undefined) ?? 'execute' },
      resource: { type: 'model', id: (isNear ? rule?.resource.id : undefined) ?? `model-${random.integer(100)}` },
    }
  })

/** The decision alone, without an explanation: less work than `decide` does. */
const scan = (request: AccessRequest, rules: readonly Rule[]): boolean => {
  const roles = request.subject.properties?.roles as string[]
  let isPermitted = false
  for (const { effect, principal, actions: named, resource } of rules) {
    if (resource.type !== request.resource.type) continue
    if (resource.id !== undefined && resource.id !== request.resource.id) continue
    if (named !== 'any' && !named.includes(request.action.name)) continue
    const isPrincipal =
      principal === 'any' ||
      ('role' in principal ? roles.includes(principal.role) : principal.subject.id === request.subject.id)
    if (!isPrincipal) continue
    if (effect === 'forbid') return false
    isPermitted = true
  }
  return isPermitted
}

const perSecond = (requests: readonly AccessRequest[], decideOne: (request: AccessRequest) => boolean): number => {
  const minimumMs = 1000
  for (const request of requests.slice(0, 200)) decideOne(request)
  const start = performance.now()
  let count = 0
  while (performance.now() - start < minimumMs) {
    for (const request of requests.slice(0, 200)) decideOne(request)
    count += Math.min(200, requests.length)
  }
  return Math.round((count * 1000) / (performance.now() - start))
}

const lines = [
  '| rules | permitted | decide, explained (per s) | scan, decision only (per s) | ratio |',
  '|---|---|---|---|---|',
]
const now = new Date('2026-01-01T12:00:00Z')
for (const count of [200, 20_000]) {
  const rules = makeRules(count)
  const index = indexRules(rules)
  const requests = makeRequests(rules, 2000)
  const permitted = requests.filter((request) => scan(request, rules)).length
  if (requests.some((request) => scan(request, rules) !== decide(request, index, now).decision)) {
    throw new Error('expected both to decide alike')
  }
  const indexed = perSecond(requests, (request) => decide(request, index, now).decision)
  const scanned = perSecond(requests, (request) => scan(request, rules))
  const share = `${Math.round((100 * permitted) / requests.length)} %`
  lines.push(`| ${count} | ${share} | ${indexed} | ${scanned} | ${(indexed / scanned).toFixed(1)} |`)
}
process.stdout.write(`${lines.join('\n')}\n`)
