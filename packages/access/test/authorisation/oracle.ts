import { isIPv4 } from 'node:net'
import type { AccessDecision, AccessRequest, Json, SeededRandom } from '@nootropic/core'
import type { Condition } from '../../src/authorisation/condition.ts'
import type { Directory } from '../../src/authorisation/directory.ts'
import type { Rule } from '../../src/authorisation/rule.ts'

// The oracle: every rule looked at for every request, membership by going round until nothing is added, conditions by
// their description. It shares no code with what it judges.

/** What a decision says, without its sentences. */
export interface Judged {
  readonly decision: boolean
  readonly rules: readonly string[]
  readonly nearest: readonly { readonly rule: string; readonly lacks: readonly string[] }[]
  readonly stepUp: string
}

/** A decision in the oracle's terms. */
export const judgedOf = ({ decision, context }: AccessDecision): Judged => ({
  decision,
  rules: context.rules,
  nearest: (context.nearest ?? []).map(({ rule, lacks }) => ({ rule, lacks: lacks.map(({ part }) => part) })),
  stepUp: context.stepUp === undefined ? '' : `${context.stepUp.factors.join()}/${context.stepUp.maximumAgeSeconds}`,
})

const grow = (start: readonly string[], links: readonly { name: string; to: readonly string[] }[]): Set<string> => {
  const all = new Set(start)
  for (let size = -1; size !== all.size; ) {
    size = all.size
    for (const { name, to } of links) if (all.has(name)) for (const other of to) all.add(other)
  }
  return all
}

type Truth = 'met' | 'unmet' | 'error'
type Values = Readonly<Record<string, Json | undefined>>

const addressNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const truthOf = (
  condition: Condition,
  { subject, action, resource, context = {} }: AccessRequest,
  now: Date,
): Truth => {
  const yes = (holds: boolean): Truth => (holds ? 'met' : 'unmet')
  const subjects = (subject.properties ?? {}) as Values
  const resources = (resource.properties ?? {}) as Values
  switch (condition.kind) {
    case 'not': {
      const inner = truthOf(condition.condition, { subject, action, resource, context }, now)
      return inner === 'error' ? 'error' : yes(inner === 'unmet')
    }
    case 'time': {
      const { notBefore, notAfter, days, daily } = condition
      const iso = now.toISOString()
      const minute = iso.slice(11, 16)
      // 1 January 1970 was a Thursday.
      const day = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'][Math.floor(now.getTime() / 86_400_000) % 7] ?? ''
      const wraps = daily !== undefined && daily.from > daily.until
      return yes(
        (notBefore === undefined || Date.parse(notBefore) <= Date.parse(iso)) &&
          (notAfter === undefined || Date.parse(notAfter) > Date.parse(iso)) &&
          (days === undefined || days.some((name) => name.startsWith(day))) &&
          (daily === undefined ||
            (wraps ? !(minute < daily.from && minute >= daily.until) : minute >= daily.from && minute < daily.until)),
      )
    }
    case 'network': {
      const ip = context.ip
      if (typeof ip !== 'string' || !isIPv4(ip)) return 'error'
      return yes(
        condition.ranges.some((range) => {
          const [base = '', bits = '0'] = range.split('/')
          const size = 2 ** (32 - Number(bits))
          return Math.floor(addressNumber(ip) / size) === Math.floor(addressNumber(base) / size)
        }),
      )
    }
    case 'purpose':
      return typeof context.purpose === 'string' ? yes(condition.purposes.includes(context.purpose)) : 'error'
    case 'tenant': {
      const tenants = [subjects.tenant, resources.tenant]
      return tenants.some((tenant) => typeof tenant !== 'string') ? 'error' : yes(tenants[0] === tenants[1])
    }
    case 'owner': {
      const owner = resources.owner as string | { type: string; id: string } | undefined
      if (owner === undefined) return 'error'
      return yes(
        typeof owner === 'string' ? owner === subject.id : owner.type === subject.type && owner.id === subject.id,
      )
    }
    case 'authentication': {
      if (subjects.factor === undefined && subjects.factorProvedAt === undefined) return 'unmet'
      if (subjects.factor === undefined || subjects.factorProvedAt === undefined) return 'error'
      const seconds = (now.getTime() - Date.parse(String(subjects.factorProvedAt))) / 1000
      return yes(
        (condition.factors as unknown[]).includes(subjects.factor) &&
          seconds >= 0 &&
          seconds <= condition.maximumAgeSeconds,
      )
    }
    case 'attribute': {
      const places = { subject: subjects, resource: resources, action: action.properties ?? {}, context } as const
      const value = (places[condition.of] as Values)[condition.name]
      const { test } = condition
      if (value === undefined) return condition.whenAbsent ?? 'error'
      if ('contains' in test) return Array.isArray(value) ? yes(value.includes(test.contains)) : 'error'
      if ('atLeast' in test) return typeof value === 'number' ? yes(value >= test.atLeast) : 'error'
      if ('atMost' in test) return typeof value === 'number' ? yes(value <= test.atMost) : 'error'
      const wanted: unknown[] = 'in' in test ? test.in : [test.equals]
      if (!wanted.some((one) => typeof one === typeof value)) return 'error'
      return yes(wanted.includes(value))
    }
  }
}

/** What the rules say of a request. */
export const judge = (rules: readonly Rule[], directory: Directory, asked: AccessRequest, now: Date): Judged => {
  const { roles = [], groups = [], resourceGroups = [] } = directory
  const isMember = (members: readonly { type: string; id: string }[] = [], type: string, id: string): boolean =>
    members.some((member) => member.type === type && member.id === id)
  const { subject, action, resource } = asked
  const claimed = (name: 'roles' | 'groups'): string[] => (subject.properties?.[name] ?? []) as string[]
  const heldGroups = grow(
    [
      ...claimed('groups'),
      ...groups.filter(({ members }) => isMember(members, subject.type, subject.id)).map(({ name }) => name),
    ],
    groups.map(({ name, in: above = [] }) => ({ name, to: above })),
  )
  const heldRoles = grow(
    [...claimed('roles'), ...groups.filter(({ name }) => heldGroups.has(name)).flatMap((group) => group.roles ?? [])],
    roles.map(({ name, inherits }) => ({ name, to: inherits })),
  )
  const inGroups = grow(
    resourceGroups.filter((group) => isMember(group.resources, resource.type, resource.id)).map(({ name }) => name),
    resourceGroups.map(({ name, in: above = [] }) => ({ name, to: above })),
  )

  const looked = rules.map((rule) => {
    const { principal, actions, resource: target } = rule
    const fits = {
      principal:
        principal === 'any' ||
        ('role' in principal
          ? heldRoles.has(principal.role)
          : 'group' in principal
            ? heldGroups.has(principal.group)
            : principal.subject.type === subject.type && principal.subject.id === subject.id),
      action: actions === 'any' || actions.includes(action.name),
      resource:
        'group' in target
          ? inGroups.has(target.group)
          : target.type === resource.type && (target.id === undefined || target.id === resource.id),
    }
    const truths = (rule.conditions ?? []).map((condition) => ({ condition, truth: truthOf(condition, asked, now) }))
    const truth = truths.some((item) => item.truth === 'error')
      ? 'error'
      : truths.some((item) => item.truth === 'unmet')
        ? 'unmet'
        : 'met'
    const failed = truths.filter((item) => item.truth !== 'met')
    const missing = (['principal', 'action', 'resource'] as const).filter((part) => !fits[part])
    return { rule, truth, failed, missing }
  })
  const nothing = { nearest: [], stepUp: '' }
  const inScope = looked.filter(({ missing }) => missing.length === 0)
  const ids = (items: typeof looked): string[] => items.map(({ rule }) => rule.id)
  const against = inScope.filter(
    ({ rule, truth }) => truth === 'error' || (rule.effect === 'forbid' && truth === 'met'),
  )
  if (against.length > 0) return { decision: false, rules: ids(against), ...nothing }
  const granting = inScope.filter(({ rule, truth }) => rule.effect === 'permit' && truth === 'met')
  if (granting.length > 0) return { decision: true, rules: ids(granting), ...nothing }

  const order = ['', 'action', 'resource', 'principal', 'action,resource', 'principal,action', 'principal,resource']
  const near = looked
    .filter(({ rule, missing }) => rule.effect === 'permit' && missing.length < 3)
    .toSorted((left, right) => order.indexOf(left.missing.join()) - order.indexOf(right.missing.join()))
    .slice(0, 3)
  const stepUp = inScope
    .filter(
      ({ rule, failed }) =>
        rule.effect === 'permit' && failed.every(({ condition }) => condition.kind === 'authentication'),
    )
    .map(({ failed }) => failed[0]?.condition)
    .flatMap((condition) => (condition?.kind === 'authentication' ? [condition] : []))[0]
  return {
    decision: false,
    rules: ids(near),
    nearest: near.map(({ rule, missing, failed }) => ({
      rule: rule.id,
      lacks: [...missing, ...failed.map(() => 'condition')],
    })),
    stepUp: stepUp === undefined ? '' : `${stepUp.factors.join()}/${stepUp.maximumAgeSeconds}`,
  }
}

/** One of these. */
export const pick = <Item>(random: SeededRandom, items: readonly Item[]): Item =>
  items[random.integer(items.length)] as Item
