import type { AccessDecision, AccessRequest } from '@nootropic/core'
import { checkAll } from './condition.ts'
import { maximumRoles, type Rule } from './rule.ts'
import { nearness, type RuleIndex, type ScopeNumbers } from './rule-index.ts'

const quote = (text: string): string => JSON.stringify(text)

/** Of many rules one is named; the list of ids holds all. */
const quoteFirst = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? quote(first) : `${quote(first)} and ${others.length} more`

const deny = (reason: string, rules: string[] = []): AccessDecision => ({ decision: false, context: { reason, rules } })

/** The roles in `subject.properties.roles`, or undefined if what stands there is no list of role names. */
const rolesOf = ({ properties }: AccessRequest['subject']): readonly string[] | undefined => {
  const roles = properties?.roles ?? []
  const isList = Array.isArray(roles) && roles.length <= maximumRoles && roles.every((role) => typeof role === 'string')
  return isList ? roles : undefined
}

const described = {
  principal: ({ principal }: Rule): string => {
    if (principal === 'any') return 'anybody'
    if ('role' in principal) return `the role ${quote(principal.role)}`
    return `${principal.subject.type} ${quote(principal.subject.id)}`
  },
  action: ({ actions }: Rule): string => (actions === 'any' ? 'anything' : actions.map(quote).join(', ')),
  resource: ({ resource }: Rule): string =>
    resource.id === undefined ? `every ${resource.type}` : `${resource.type} ${quote(resource.id)}`,
}

const denyByDefault = (request: AccessRequest, index: RuleIndex, numbers: ScopeNumbers): AccessDecision => {
  const { subject, action, resource } = request
  const asked = `no rule permits ${subject.type} ${quote(subject.id)} to ${quote(action.name)} ${resource.type} ${quote(resource.id)}`
  for (const parts of nearness) {
    const position = index.firstPermit(parts, numbers)
    const rule = position === undefined ? undefined : index.rules[position]?.rule
    if (rule === undefined) continue
    const lacking = (['principal', 'action', 'resource'] as const)
      .filter((part) => !parts[part])
      .map((part) => `its ${part} is ${described[part](rule)}`)
    return deny(`${asked}; the nearest grant is ${quote(rule.id)}, but ${lacking.join(' and ')}`, [rule.id])
  }
  return deny(`${asked}, and none grants anything near it`)
}

/**
 * Decides a request by rules: default deny, a forbid wins, and a rule in scope whose condition cannot be evaluated
 * denies. The answer names the rules that decided, in their order; a denial by default names the nearest grant and what
 * it lacks.
 *
 * Roles are read from `request.subject.properties.roles`: take the subject from an authenticator, never from a caller.
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
  const roles = rolesOf(request.subject)
  if (roles === undefined) {
    return deny(`expected subject.properties.roles to be at most ${maximumRoles} names, got something else`)
  }
  const permits: string[] = []
  const denials: string[] = []
  let error: string | undefined
  let unmet: { id: string; why: string } | undefined
  const numbers = index.numbersOf(request, roles)
  for (const position of index.inScope(numbers)) {
    const item = index.rules[position]
    if (item === undefined) continue
    const { id, effect } = item.rule
    const result = checkAll(item.checks, request, now)
    if (result.kind === 'error' || (result.kind === 'met' && effect === 'forbid')) {
      denials.push(id)
      if (result.kind === 'error') error ??= `rule ${quote(id)} cannot be evaluated: ${result.why}`
    } else if (effect === 'permit') {
      if (result.kind === 'met') permits.push(id)
      else unmet ??= { id, why: result.why }
    }
  }
  if (denials.length > 0) return deny(error ?? `forbidden by ${quoteFirst(denials)}`, denials)
  if (permits.length > 0) {
    return { decision: true, context: { reason: `permitted by ${quoteFirst(permits)}`, rules: permits } }
  }
  if (unmet !== undefined) {
    return deny(`the nearest grant is ${quote(unmet.id)}, but its condition does not hold: ${unmet.why}`, [unmet.id])
  }
  return denyByDefault(request, index, numbers)
}
