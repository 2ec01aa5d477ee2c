import type { AccessDecision, AccessRequest, NearGrant, StepUp } from '@nootropic/core'
import type { Rule } from './rule.ts'

const quote = (text: string): string => JSON.stringify(text)

/** Of many rules one is named; the list of ids holds all. */
export const quoteFirst = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? quote(first) : `${quote(first)} and ${others.length} more`

const describePrincipal = ({ principal }: Rule): string => {
  if (principal === 'any') return 'anybody'
  if ('role' in principal) return `the role ${quote(principal.role)}`
  if ('group' in principal) return `the group ${quote(principal.group)}`
  return `${principal.subject.type} ${quote(principal.subject.id)}`
}

const describeResource = ({ resource }: Rule): string => {
  if ('group' in resource) return `the resource group ${quote(resource.group)}`
  return resource.id === undefined ? `every ${resource.type}` : `${resource.type} ${quote(resource.id)}`
}

/** What a rule asks for in each part of its scope, as clauses. */
export type ScopeClauses = Readonly<Record<'principal' | 'action' | 'resource', string>>

export const describeScope = (rule: Rule): ScopeClauses => ({
  principal: `its principal is ${describePrincipal(rule)}`,
  action: `its action is ${rule.actions === 'any' ? 'anything' : rule.actions.map(quote).join(', ')}`,
  resource: `its resource is ${describeResource(rule)}`,
})

/** A denial that rules or the request itself caused. */
export const deny = (reason: string, rules: string[] = []): AccessDecision => ({
  decision: false,
  context: { reason, rules },
})

/** A denial because nothing permits. */
export const denyByDefault = (
  { subject, action, resource }: AccessRequest,
  nearest: readonly NearGrant[],
  stepUp: { readonly rule: string; readonly needs: StepUp } | undefined,
): AccessDecision => {
  const asked = `no rule permits ${subject.type} ${quote(subject.id)} to ${quote(action.name)} ${resource.type} ${quote(resource.id)}`
  const rules = nearest.map(({ rule }) => rule)
  if (stepUp !== undefined) {
    const { factors, maximumAgeSeconds } = stepUp.needs
    const reason = `${asked} yet; ${quote(stepUp.rule)} does after authentication by ${factors.join(' or ')} within ${maximumAgeSeconds} s`
    return { decision: false, context: { reason, rules, nearest, stepUp: stepUp.needs } }
  }
  const [first] = nearest
  if (first === undefined) return deny(`${asked}, and none grants anything near it`)
  const lacking = first.lacks.map(({ why }) => why).join(' and ')
  const reason = `${asked}; the nearest grant is ${quote(first.rule)}, but ${lacking}`
  return { decision: false, context: { reason, rules, nearest } }
}
