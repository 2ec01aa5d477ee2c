import type { AccessRequest, Json, SeededRandom } from '@nootropic/core'
import type { Condition, PlainCondition } from '../../src/authorisation/condition.ts'
import type { Directory } from '../../src/authorisation/directory.ts'
import type { Rule } from '../../src/authorisation/rule.ts'
import { pick } from './oracle.ts'

const users = ['u0', 'u1', 'u2', 'u3']
export const roleNames = ['r0', 'r1', 'r2', 'r3']
const groupNames = ['g0', 'g1', 'g2', 'g3']
const resourceGroupNames = ['k0', 'k1', 'k2']
const actionNames = ['read', 'execute', 'delete']
const models = ['m0', 'm1', 'm2', 'm3']
const types = ['user', 'user', 'service']

const some = <Item>(random: SeededRandom, items: readonly Item[], share: number): Item[] =>
  items.filter(() => random.uniform() < share)

const randomPlain = (random: SeededRandom): PlainCondition =>
  pick<() => PlainCondition>(random, [
    () => ({ kind: 'time', notAfter: pick(random, ['2025-01-01T00:00:00Z', '2027-01-01T00:00:00Z']) }),
    () => ({ kind: 'time', days: [pick(random, ['thursday', 'monday'] as const), 'sunday'] }),
    () => ({
      kind: 'time',
      daily: pick(random, [
        { from: '08:00', until: '18:00' },
        { from: '22:00', until: '06:00' },
      ]),
    }),
    () => ({ kind: 'network', ranges: pick(random, [['10.0.0.0/8'], ['192.0.2.0/28', '10.255.0.0/16']]) }),
    () => ({ kind: 'purpose', purposes: pick(random, [['care'], ['care', 'research']]) }),
    () => ({ kind: 'tenant' }),
    () => ({ kind: 'owner' }),
    () => ({
      kind: 'authentication',
      factors: pick(random, [['totp'], ['passkey', 'totp']]),
      maximumAgeSeconds: pick(random, [60, 3600]),
    }),
    () => ({
      kind: 'attribute',
      of: pick(random, ['subject', 'action', 'resource', 'context'] as const),
      name: pick(random, ['level', 'label', 'tags']),
      test: pick(random, [
        { equals: 'a' },
        { equals: 2 },
        { in: ['a', 'b', 3] },
        { contains: 'a' },
        { atLeast: 2 },
        { atMost: 2 },
      ]),
      ...pick<object>(random, [{}, { whenAbsent: 'unmet' }, { whenAbsent: 'met' }, { whenAbsent: 'unmet' }]),
    }),
  ])()

const randomCondition = (random: SeededRandom): Condition => {
  const condition = randomPlain(random)
  return random.uniform() < 0.15 ? { kind: 'not', condition } : condition
}

const randomRule = (random: SeededRandom, id: string): Rule => ({
  id,
  effect: random.uniform() < 0.15 ? 'forbid' : 'permit',
  principal: pick<Rule['principal']>(random, [
    'any',
    { role: pick(random, roleNames) },
    { role: pick(random, roleNames) },
    { group: pick(random, groupNames) },
    { subject: { type: pick(random, types), id: pick(random, users) } },
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
    { group: pick(random, resourceGroupNames) },
  ]),
  ...(random.uniform() < 0.4
    ? { conditions: Array.from({ length: 1 + random.integer(2) }, () => randomCondition(random)) }
    : {}),
})

// Only to later names: nothing contains itself.
const later = (random: SeededRandom, names: readonly string[], index: number): string[] =>
  some(random, names.slice(index + 1), 0.3)

const randomDirectory = (random: SeededRandom): Directory => ({
  roles: some(random, roleNames, 0.5).map((name) => ({
    name,
    inherits: later(random, roleNames, roleNames.indexOf(name)),
  })),
  groups: some(random, groupNames, 0.7).map((name) => ({
    name,
    in: later(random, groupNames, groupNames.indexOf(name)),
    roles: some(random, roleNames, 0.2),
    members: some(random, users, 0.3).map((id) => ({ type: pick(random, types), id })),
  })),
  resourceGroups: resourceGroupNames.map((name, index) => ({
    name,
    in: later(random, resourceGroupNames, index),
    resources: some(random, models, 0.4).map((id) => ({ type: pick(random, ['model', 'model', 'data']), id })),
  })),
})

/** Rules and a directory, small enough that much of it meets. */
export const randomPolicy = (random: SeededRandom): { rules: Rule[]; directory: Directory } => ({
  rules: Array.from({ length: random.integer(16) }, (_, index) => randomRule(random, `rule-${index}`)),
  directory: randomDirectory(random),
})

const attributes = (random: SeededRandom): Record<string, Json> => ({
  ...(random.uniform() < 0.5 ? { level: pick<Json>(random, [1, 2, 3, 'a']) } : {}),
  ...(random.uniform() < 0.5 ? { label: pick<Json>(random, ['a', 'b', 'c', 3]) } : {}),
  ...(random.uniform() < 0.5 ? { tags: pick<Json>(random, [['a'], ['b', 'a'], [], 'a']) } : {}),
  ...(random.uniform() < 0.7 ? { tenant: pick(random, ['t0', 't0', 't1']) } : {}),
})

const proved = (random: SeededRandom, now: Date): Record<string, Json> => {
  if (random.uniform() < 0.4) return {}
  const agoMs = pick(random, [0, 30_000, 60_000, 60_001, 3_600_000, 7_200_000, -5_000])
  return {
    factor: pick(random, ['totp', 'passkey', 'recovery-code']),
    ...(random.uniform() < 0.95 ? { factorProvedAt: new Date(now.getTime() - agoMs).toISOString() } : {}),
  }
}

/** A request that may well meet a random policy. */
export const randomRequest = (random: SeededRandom, now: Date): AccessRequest => {
  const id = pick(random, users)
  return {
    subject: {
      type: pick(random, types),
      id,
      properties: {
        roles: some(random, roleNames, 0.25),
        ...(random.uniform() < 0.5 ? { groups: some(random, groupNames, 0.2) } : {}),
        ...attributes(random),
        ...proved(random, now),
      },
    },
    action: { name: pick(random, [...actionNames, 'unheard-of']), properties: attributes(random) },
    resource: {
      type: pick(random, ['model', 'model', 'data']),
      id: pick(random, [...models, 'unheard-of']),
      properties: {
        ...attributes(random),
        ...(random.uniform() < 0.8 ? { owner: pick<Json>(random, [id, 'u0', { type: 'user', id }]) } : {}),
      },
    },
    context: {
      ...attributes(random),
      ...(random.uniform() < 0.85 ? { ip: pick(random, ['10.0.0.1', '192.0.2.1', '10.255.0.9', '192.0.2.17']) } : {}),
      ...(random.uniform() < 0.85 ? { purpose: pick(random, ['care', 'research', 'sale']) } : {}),
    },
  } as AccessRequest
}

/** Instants on different days and hours. */
export const instants = ['2026-01-01T12:00:00Z', '2026-01-04T23:30:00.500Z', '2026-01-05T03:00:00Z'].map(
  (text) => new Date(text),
)
