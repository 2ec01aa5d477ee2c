import type { AccessDecision, AccessRequest } from '@nootropic/core'
import type { StepUp } from './authentication-check.ts'
import type { Rule } from './rule.ts'

/** One thing that a grant asks for and a request does not have. */
export interface Lack {
  readonly part: 'principal' | 'action' | 'resource' | 'condition'
  /** A clause such as `its action is "execute"`. */
  readonly why: string
}

/** A grant that nearly permits a request, and all that is missing. */
export interface NearGrant {
  readonly rule: string
  readonly lacks: readonly Lack[]
}

/** A decision with why. */
export interface ExplainedDecision extends AccessDecision {
  readonly context: AccessDecision['context'] & {
    /** Of a denial by default: the nearest grants, at most 3, nearest first. */
    readonly nearest?: readonly NearGrant[]
    /** Authentication is all that is missing: what would do. */
    readonly stepUp?: StepUp
  }
}

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

/** What a rule asks for in one part of its scope. */
export const scopeLack = (part: 'principal' | 'action' | 'resource', rule: Rule): Lack => {
  if (part === 'principal') return { part, why: `its principal is ${describePrincipal(rule)}` }
  if (part === 'resource') return { part, why: `its resource is ${describeResource(rule)}` }
  const actions = rule.actions === 'any' ? 'anything' : rule.actions.map(quote).join(', ')
  return { part, why: `its action is ${actions}` }
}

/** A denial that rules or the request itself caused. */
export const deny = (reason: string, rules: string[] = []): ExplainedDecision => ({
  decision: false,
  context: { reason, rules },
})

/** A denial because nothing permits. */
export const denyByDefault = (
  { subject, action, resource }: AccessRequest,
  nearest: readonly NearGrant[],
  stepUp: { readonly rule: string; readonly needs: StepUp } | undefined,
): ExplainedDecision => {
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
