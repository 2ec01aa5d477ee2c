import { type AccessRequest, NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { type ConditionCheck, conditionCheck } from './condition.ts'
import { maximumRules, type Rule, ruleSchema } from './rule.ts'

/** A rule with its conditions prepared. */
interface IndexedRule {
  readonly rule: Rule
  readonly checks: readonly ConditionCheck[]
}

/** Which parts of a rule's scope a request must fit: all three, or fewer to find what is near. */
export interface ScopeParts {
  readonly principal: boolean
  readonly action: boolean
  readonly resource: boolean
}

/** From near to far: first the grants that lack one part, then those that lack two. */
export const nearness: readonly ScopeParts[] = [
  { principal: true, action: false, resource: true },
  { principal: true, action: true, resource: false },
  { principal: false, action: true, resource: true },
  { principal: true, action: false, resource: false },
  { principal: false, action: false, resource: true },
  { principal: false, action: true, resource: false },
]

/** The numbers of a request's principals, actions and resources, those only that some rule names. */
export interface ScopeNumbers {
  readonly principals: readonly number[]
  readonly actions: readonly number[]
  readonly resources: readonly number[]
}

/**
 * Rules by scope. A request has few keys (its subject and roles, its action, its resource, each also as "any"), so a
 * decision costs a few look-ups however many rules there are.
 */
export interface RuleIndex {
  readonly rules: readonly IndexedRule[]
  numbersOf(request: AccessRequest, roles: readonly string[]): ScopeNumbers
  /** Positions of the rules in whose scope the request is, ascending. */
  inScope(numbers: ScopeNumbers): number[]
  /** Position of the first permit that fits these parts of the request, conditions aside. */
  firstPermit(parts: ScopeParts, numbers: ScopeNumbers): number | undefined
}

// 0 stands for a part that is not looked at, 1 for "any".
const unseen = [0]
const any = 1

/** Numbers from 2 for things with a type and an id; the id undefined stands for all of the type. */
type EntityNumbers = Map<string, Map<string | undefined, number>>

const createNumbering = (rules: readonly Rule[]) => {
  const roles = new Map<string, number>()
  const subjects: EntityNumbers = new Map()
  const actions = new Map<string, number>()
  const resources: EntityNumbers = new Map()
  let principalCount = any
  let resourceCount = any

  const entityNumber = (numbers: EntityNumbers, type: string, id: string | undefined, next: () => number): number => {
    const ids = numbers.get(type) ?? new Map<string | undefined, number>()
    numbers.set(type, ids)
    const number = ids.get(id) ?? next()
    ids.set(id, number)
    return number
  }
  const nextPrincipal = (): number => ++principalCount
  const principalOf = ({ principal }: Rule): number => {
    if (principal === 'any') return any
    if ('subject' in principal)
      return entityNumber(subjects, principal.subject.type, principal.subject.id, nextPrincipal)
    const number = roles.get(principal.role) ?? nextPrincipal()
    roles.set(principal.role, number)
    return number
  }
  const actionsOf = (rule: Rule): number[] => {
    if (rule.actions === 'any') return [any]
    return [...new Set(rule.actions)].map((name) => {
      const number = actions.get(name) ?? any + 1 + actions.size
      actions.set(name, number)
      return number
    })
  }
  const scopes = rules.map((rule) => ({
    principal: principalOf(rule),
    actions: actionsOf(rule),
    resource: entityNumber(resources, rule.resource.type, rule.resource.id, () => ++resourceCount),
  }))
  const known = (...numbers: (number | undefined)[]): number[] => numbers.filter((number) => number !== undefined)
  return {
    /** Of each rule, in order. */
    scopes,
    actionCount: any + 1 + actions.size,
    resourceCount: resourceCount + 1,
    principalCount: principalCount + 1,
    numbersOf({ subject, action, resource }: AccessRequest, held: readonly string[]): ScopeNumbers {
      const principals = known(any, subjects.get(subject.type)?.get(subject.id))
      for (const role of held) {
        const number = roles.get(role)
        if (number !== undefined && !principals.includes(number)) principals.push(number)
      }
      const ids = resources.get(resource.type)
      return {
        principals,
        actions: known(any, actions.get(action.name)),
        resources: known(ids?.get(undefined), ids?.get(resource.id)),
      }
    },
  }
}

const parseRules = (rules: readonly Rule[]): Rule[] => {
  const parsed = z.array(ruleSchema).max(maximumRules).safeParse(rules)
  if (!parsed.success) {
    throw new NootropicError('CONFIGURATION_INVALID', `expected access rules, got: ${z.prettifyError(parsed.error)}`)
  }
  const ids = new Set<string>()
  for (const { id } of parsed.data) {
    if (ids.has(id)) {
      throw new NootropicError('CONFIGURATION_INVALID', `expected each rule id once, got "${id}" twice; rename one`)
    }
    ids.add(id)
  }
  return parsed.data
}

/**
 * Prepares rules for {@link decide}.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for a rule that is not one, an id given twice, or over 100,000 rules.
 */
export const indexRules = (input: readonly Rule[]): RuleIndex => {
  const rules = parseRules(input)
  const { scopes, principalCount, actionCount, resourceCount, numbersOf } = createNumbering(rules)
  if (!Number.isSafeInteger(principalCount * actionCount * resourceCount)) {
    throw new NootropicError('CONFIGURATION_INVALID', 'expected fewer different principals, actions and resources')
  }
  /** Three numbers as one. */
  const keyOf = (principal: number, action: number, resource: number): number =>
    (principal * actionCount + action) * resourceCount + resource

  const positionsByScope = new Map<number, number[]>()
  const firstPermits = new Map<number, number>()
  scopes.forEach(({ principal, actions, resource }, position) => {
    for (const action of actions) {
      const scope = keyOf(principal, action, resource)
      const positions = positionsByScope.get(scope)
      if (positions === undefined) positionsByScope.set(scope, [position])
      else positions.push(position)
      if (rules[position]?.effect === 'forbid') continue
      for (const parts of nearness) {
        const part = keyOf(parts.principal ? principal : 0, parts.action ? action : 0, parts.resource ? resource : 0)
        if (!firstPermits.has(part)) firstPermits.set(part, position)
      }
    }
  })

  return {
    rules: rules.map((rule) => ({ rule, checks: (rule.conditions ?? []).map(conditionCheck) })),
    numbersOf,
    inScope({ principals, actions, resources }) {
      const found: number[] = []
      for (const principal of principals) {
        for (const action of actions) {
          for (const resource of resources) {
            const positions = positionsByScope.get(keyOf(principal, action, resource))
            if (positions !== undefined) for (const position of positions) found.push(position)
          }
        }
      }
      return found.sort((left, right) => left - right)
    },
    firstPermit(parts, { principals, actions, resources }) {
      let first: number | undefined
      for (const principal of parts.principal ? principals : unseen) {
        for (const action of parts.action ? actions : unseen) {
          for (const resource of parts.resource ? resources : unseen) {
            const position = firstPermits.get(keyOf(principal, action, resource))
            if (position !== undefined && (first === undefined || position < first)) first = position
          }
        }
      }
      return first
    },
  }
}
