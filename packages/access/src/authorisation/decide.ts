import type { AccessDecision, AccessRequest, Lack, NearGrant, StepUp } from '@nootropic/core'
import { claimsOf } from './claims.ts'
import { type ConditionFailure, failuresOf } from './condition-check.ts'
import { deny, denyByDefault, quoteFirst } from './explanation.ts'
import type { IndexedRule, RuleIndex, ScopeParts } from './rule-index.ts'

const parts = ['principal', 'action', 'resource'] as const

/** The authentication that is all that is missing, where the conditions are unmet on nothing else. */
const stepUpOf = (unmet: readonly ConditionFailure[]): StepUp | undefined => {
  const [first, ...others] = unmet.flatMap(({ condition }) => (condition.kind === 'authentication' ? [condition] : []))
  if (first === undefined || others.length + 1 !== unmet.length) return undefined
  // Several at once cannot be answered by naming one: the first is asked for, then the next.
  return { factors: first.factors, maximumAgeSeconds: first.maximumAgeSeconds }
}

const nearGrantOf = (item: IndexedRule, fits: ScopeParts, request: AccessRequest, now: Date): NearGrant => {
  const lacks: Lack[] = []
  for (const part of parts) if (!fits[part]) lacks.push({ part, why: item.clauses[part] })
  if (item.off !== undefined) lacks.push({ part: 'switch', why: item.off })
  for (const { why } of failuresOf(item.conditions, request, now)) {
    lacks.push({ part: 'condition', why: `its condition does not hold: ${why}` })
  }
  return { rule: item.rule.id, lacks }
}

/**
 * Decides a request by rules: default deny, a forbid wins, and a rule in scope whose condition cannot be evaluated
 * denies. The answer names the rules that decided, in their order; a denial by default names the nearest grants and what
 * each lacks, and where fresh authentication is all that is missing, what would do.
 *
 * Roles, groups and proved factors are read from `request.subject.properties`: take the subject from an authenticator,
 * never from a caller. `ownerRoles` are those of its owner that a credential may not have: they permit nothing, and forbid.
 *
 * @example
 * ```ts
 * const rules = indexRules([{ id: 'r1', effect: 'permit', principal: { role: 'analyst' }, actions: ['execute'], resource: { type: 'model' } }])
 * const subject = { type: 'user', id: 'ada', properties: { roles: ['analyst'] } }
 * decide({ subject, action: { name: 'execute' }, resource: { type: 'model', id: 'digits' } }, rules, new Date())
 * // { decision: true, context: { reason: 'permitted by "r1"', rules: ['r1'] } }
 * ```
 */
export const decide = (request: AccessRequest, index: RuleIndex, now: Date): AccessDecision => {
  const claims = claimsOf(request.subject)
  if (typeof claims === 'string') return deny(claims)
  const { roles, ownerRoles } = claims
  const numbers = index.numbersOf(request, claims)
  const ownerNumbers =
    ownerRoles.length === 0 ? numbers : index.numbersOf(request, { ...claims, roles: [...roles, ...ownerRoles] })
  if (numbers === undefined || ownerNumbers === undefined)
    return deny('expected the subject to have fewer roles and groups, found too many')
  const inScope = index.inScope(numbers)
  // A credential with fewer roles than its owner has no more rights: what is forbidden to one of the others stays forbidden.
  const forOwner = ownerNumbers === numbers ? inScope : index.inScope(ownerNumbers)
  const own = forOwner === inScope ? undefined : new Set(inScope)
  const permits: string[] = []
  const denials: string[] = []
  let error: string | undefined
  let stepUp: { rule: string; needs: StepUp } | undefined
  for (const position of forOwner) {
    const item = index.rules[position]
    if (item === undefined) continue
    const { id, effect } = item.rule
    if (effect === 'permit' && own !== undefined && !own.has(position)) continue
    const isOff = item.off !== undefined
    const failures = failuresOf(item.conditions, request, now)
    const unknown = failures.find(({ kind }) => kind === 'error')
    if (unknown !== undefined) {
      denials.push(id)
      error ??= `rule ${JSON.stringify(id)} cannot be evaluated: ${unknown.why}`
    } else if (failures.length === 0) {
      if (effect === 'forbid') denials.push(id)
      else if (!isOff) permits.push(id)
    } else if (effect === 'permit' && !isOff && stepUp === undefined) {
      const needs = stepUpOf(failures)
      if (needs !== undefined) stepUp = { rule: id, needs }
    }
  }
  if (denials.length > 0) return deny(error ?? `forbidden by ${quoteFirst(denials)}`, denials)
  if (permits.length > 0) {
    return { decision: true, context: { reason: `permitted by ${quoteFirst(permits)}`, rules: permits } }
  }
  const nearest: NearGrant[] = []
  for (const { position, fits } of index.nearest(numbers, inScope)) {
    const item = index.rules[position]
    if (item !== undefined) nearest.push(nearGrantOf(item, fits, request, now))
  }
  return denyByDefault(request, nearest, stepUp)
}
