import { type AccessRequest, NootropicError } from '@nootropic/core'
import { z } from 'zod'
import type { Claims } from './claims.ts'
import { type PreparedCondition, prepareCondition } from './condition-check.ts'
import { closeDirectory, type Directory } from './directory.ts'
import { describeScope, type ScopeClauses } from './explanation.ts'
import { rolesHeldBy } from './held-roles.ts'
import { maximumRules, type Rule, ruleSchema } from './rule.ts'
import { numberRules, type ScopeNumbers, unseen } from './scope-numbers.ts'

/** A rule with its conditions prepared. */
export interface IndexedRule {
  readonly rule: Rule
  readonly conditions: readonly PreparedCondition[]
  /** Worked out once: most requests that are denied are told of the same few grants. */
  readonly clauses: ScopeClauses
  /** Why this permit permits nothing, where it does not count. */
  readonly off: string | undefined
}

/**
 * Why a permit does not count, such as `permits by role are switched off`; undefined if it does. One that does not count
 * still denies where its condition cannot be evaluated, so that switching something off never gives anybody more.
 */
export type PermitSwitch = (permit: Rule) => string | undefined

/** Which parts of a rule's scope a request fits. */
export interface ScopeParts {
  readonly principal: boolean
  readonly action: boolean
  readonly resource: boolean
}

/** A permit that fits a request in some parts, conditions aside. */
interface NearPermit {
  readonly position: number
  readonly fits: ScopeParts
}

// From near to far: first the grants that lack one part, then those that lack two.
const nearness: readonly ScopeParts[] = [
  { principal: true, action: false, resource: true },
  { principal: true, action: true, resource: false },
  { principal: false, action: true, resource: true },
  { principal: true, action: false, resource: false },
  { principal: false, action: false, resource: true },
  { principal: false, action: true, resource: false },
]

const everything: ScopeParts = { principal: true, action: true, resource: true }

/** How many of the nearest grants a denial by default names. */
const maximumNearest = 3

/**
 * Rules by scope. A request has few keys (its subject, roles and groups; its action; its resource, type and groups; each
 * also as "any"), so a decision costs a few look-ups however many rules there are.
 */
export interface RuleIndex {
  readonly rules: readonly IndexedRule[]
  /** Undefined if the subject has more principals than a decision looks at. */
  numbersOf(request: AccessRequest, claims: Pick<Claims, 'roles' | 'groups'>): ScopeNumbers | undefined
  /**
   * All roles of a subject, whether or not a rule names them: those of its properties (`roles`, `ownerRoles`), those that
   * its groups bring, and what all of these inherit. Undefined where they cannot be read or are more than 4,096.
   */
  rolesOf(subject: AccessRequest['subject']): readonly string[] | undefined
  /** Positions of the rules in whose scope the request is, ascending. */
  inScope(numbers: ScopeNumbers): number[]
  /** The permits nearest to a request that is in the scope of few or none: near before far, then by position. */
  nearest(numbers: ScopeNumbers, inScope: readonly number[]): NearPermit[]
}

const refuse = (message: string): never => {
  throw new NootropicError('CONFIGURATION_INVALID', message)
}

const parseRules = (rules: readonly Rule[]): Rule[] => {
  const parsed = z.array(ruleSchema).max(maximumRules).safeParse(rules)
  if (!parsed.success) return refuse(`expected access rules, found: ${z.prettifyError(parsed.error)}`)
  const ids = new Set<string>()
  for (const { id } of parsed.data) {
    if (ids.has(id)) refuse(`expected each rule id once, found ${JSON.stringify(id)} twice; rename one`)
    ids.add(id)
  }
  return parsed.data
}

/**
 * Prepares rules for {@link decide}, with the roles, groups and resource groups that they speak of.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for a rule that is not one, an id given twice, over 100,000 rules, a
 * wrong directory, or a resource group that is not in it: a forbid for it would never hold.
 */
export const indexRules = (
  input: readonly Rule[],
  directory: Directory = {},
  switchedOff: PermitSwitch = () => undefined,
): RuleIndex => {
  const rules = parseRules(input)
  const closed = closeDirectory(directory)
  for (const { id, resource } of rules) {
    if ('group' in resource && !closed.resourceGroupNames.has(resource.group)) {
      const found = `${JSON.stringify(resource.group)} in rule ${JSON.stringify(id)}`
      refuse(`expected a resource group of the directory, found ${found}; add the group or correct its name`)
    }
  }
  const { rules: numbersOfRules, keyOf, isExact, numbersOf } = numberRules(rules, closed)
  if (!isExact) refuse('expected fewer different principals, actions and resources, found more than 2^53 scopes')

  const positionsByScope = new Map<number, number[]>()
  // Of each part of a scope the first few permits: as many as are ever named.
  const firstPermits = new Map<number, number[]>()
  numbersOfRules.forEach(({ principal, actions, resource }, position) => {
    const isPermit = rules[position]?.effect === 'permit'
    for (const action of actions) {
      const scope = keyOf(principal, action, resource)
      const positions = positionsByScope.get(scope)
      if (positions === undefined) positionsByScope.set(scope, [position])
      else positions.push(position)
      if (!isPermit) continue
      for (const fits of nearness) {
        const key = keyOf(
          fits.principal ? principal : unseen,
          fits.action ? action : unseen,
          fits.resource ? resource : unseen,
        )
        const first = firstPermits.get(key)
        if (first === undefined) firstPermits.set(key, [position])
        else if (first.length < maximumNearest && !first.includes(position)) first.push(position)
      }
    }
  })

  const notLookedAt = [unseen]
  const collect = (
    from: ReadonlyMap<number, readonly number[]>,
    principals: readonly number[],
    actions: readonly number[],
    resources: readonly number[],
  ): number[] => {
    const found: number[] = []
    for (const principal of principals) {
      for (const action of actions) {
        for (const resource of resources) {
          const positions = from.get(keyOf(principal, action, resource))
          if (positions !== undefined) for (const position of positions) found.push(position)
        }
      }
    }
    return found.length > 1 ? found.sort((left, right) => left - right) : found
  }

  return {
    rules: rules.map((rule) => ({
      rule,
      conditions: (rule.conditions ?? []).map(prepareCondition),
      clauses: describeScope(rule),
      off: rule.effect === 'permit' ? switchedOff(rule) : undefined,
    })),
    numbersOf,
    rolesOf: (subject) => rolesHeldBy(subject, closed),
    inScope: ({ principals, actions, resources }) => collect(positionsByScope, principals, actions, resources),
    nearest({ principals, actions, resources }, inScope) {
      const near: NearPermit[] = []
      const add = (position: number, fits: ScopeParts): void => {
        if (near.length === maximumNearest) return
        for (const item of near) if (item.position === position) return
        near.push({ position, fits })
      }
      for (const position of inScope) if (rules[position]?.effect === 'permit') add(position, everything)
      for (const fits of nearness) {
        if (near.length === maximumNearest) break
        const found = collect(
          firstPermits,
          fits.principal ? principals : notLookedAt,
          fits.action ? actions : notLookedAt,
          fits.resource ? resources : notLookedAt,
        )
        for (const position of found) add(position, fits)
      }
      return near
    },
  }
}
