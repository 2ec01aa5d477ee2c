import type { AccessRequest } from '@nootropic/core'
import type { StepUp } from './authentication-check.ts'
import { type ConditionFailure, failuresOf } from './condition-check.ts'
import {
  deny,
  denyByDefault,
  type ExplainedDecision,
  type Lack,
  type NearGrant,
  quoteFirst,
  scopeLack,
} from './explanation.ts'
import { maximumRoles } from './rule.ts'
import type { RuleIndex, ScopeParts } from './rule-index.ts'

const parts = ['principal', 'action', 'resource'] as const

const none: readonly string[] = []

/** A list of names in the properties of a subject, or undefined if what stands there is none. */
const namesIn = ({ properties }: AccessRequest['subject'], name: string): readonly string[] | undefined => {
  const names = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
  if (names === undefined) return none
  const isList = Array.isArray(names) && names.length <= maximumRoles && names.every((item) => typeof item === 'string')
  return isList ? names : undefined
}

/** The authentication that is all that is missing, where the conditions are unmet on nothing else. */
const stepUpOf = (unmet: readonly ConditionFailure[]): StepUp | undefined => {
  const [first, ...others] = unmet.flatMap(({ condition }) => (condition.kind === 'authentication' ? [condition] : []))
  if (first === undefined || others.length + 1 !== unmet.length) return undefined
  // Several at once cannot be answered by naming one: the first is asked for, then the next.
  return { factors: first.factors, maximumAgeSeconds: first.maximumAgeSeconds }
}

const lacksOf = (
  fits: ScopeParts,
  index: RuleIndex,
  position: number,
  request: AccessRequest,
  now: Date,
): NearGrant[] => {
  const item = index.rules[position]
  if (item === undefined) return []
  const lacks: Lack[] = parts.filter((part) => !fits[part]).map((part) => scopeLack(part, item.rule))
  for (const { why } of failuresOf(item.conditions, request, now)) {
    lacks.push({ part: 'condition', why: `its condition does not hold: ${why}` })
  }
  return [{ rule: item.rule.id, lacks }]
}

/**
 * Decides a request by rules: default deny, a forbid wins, and a rule in scope whose condition cannot be evaluated
 * denies. The answer names the rules that decided, in their order; a denial by default names the nearest grants and what
 * each lacks, and where fresh authentication is all that is missing, what would do.
 *
 * Roles, groups and proved factors are read from `request.subject.properties`: take the subject from an authenticator,
 * never from a caller.
 *
 * @example
 * ```ts
 * const rules = indexRules([{ id: 'r1', effect: 'permit', principal: { role: 'analyst' }, actions: ['execute'], resource: { type: 'model' } }])
 * const subject = { type: 'user', id: 'ada', properties: { roles: ['analyst'] } }
 * decide({ subject, action: { name: 'execute' }, resource: { type: 'model', id: 'digits' } }, rules, new Date())
 * // { decision: true, context: { reason: 'permitted by "r1"', rules: ['r1'] } }
 * ```
 */
export const decide = (request: AccessRequest, index: RuleIndex, now: Date): ExplainedDecision => {
  const roles = namesIn(request.subject, 'roles')
  const groups = namesIn(request.subject, 'groups')
  if (roles === undefined || groups === undefined) {
    const wrong = roles === undefined ? 'roles' : 'groups'
    return deny(`expected subject.properties.${wrong} to be at most ${maximumRoles} names, found something else`)
  }
  const numbers = index.numbersOf(request, { roles, groups })
  if (numbers === undefined) return deny('expected the subject to have fewer roles and groups, found too many')
  const inScope = index.inScope(numbers)
  const permits: string[] = []
  const denials: string[] = []
  let error: string | undefined
  let stepUp: { rule: string; needs: StepUp } | undefined
  for (const position of inScope) {
    const item = index.rules[position]
    if (item === undefined) continue
    const { id, effect } = item.rule
    const failures = failuresOf(item.conditions, request, now)
    const unknown = failures.find(({ kind }) => kind === 'error')
    if (unknown !== undefined) {
      denials.push(id)
      error ??= `rule ${JSON.stringify(id)} cannot be evaluated: ${unknown.why}`
    } else if (failures.length === 0) {
      if (effect === 'forbid') denials.push(id)
      else permits.push(id)
    } else if (effect === 'permit' && stepUp === undefined) {
      const needs = stepUpOf(failures)
      if (needs !== undefined) stepUp = { rule: id, needs }
    }
  }
  if (denials.length > 0) return deny(error ?? `forbidden by ${quoteFirst(denials)}`, denials)
  if (permits.length > 0) {
    return { decision: true, context: { reason: `permitted by ${quoteFirst(permits)}`, rules: permits } }
  }
  const nearest = index
    .nearest(numbers, inScope)
    .flatMap(({ position, fits }) => lacksOf(fits, index, position, request, now))
  return denyByDefault(request, nearest, stepUp)
}
