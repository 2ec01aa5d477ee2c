import type { AccessRequest } from '@nootropic/core'
import type { Claims } from './claims.ts'
import type { ClosedDirectory } from './directory.ts'
import type { Rule } from './rule.ts'

// Of one request: each principal is looked up with each action and resource (CWE-770).
const maximumPrincipals = 256

/** The number that stands for a part that is not looked at, and the one for "any". */
export const unseen = 0
const any = 1

/** The numbers of a request's principals, actions and resources, those only that some rule names. */
export interface ScopeNumbers {
  readonly principals: readonly number[]
  readonly actions: readonly number[]
  readonly resources: readonly number[]
}

/** The numbers of what one rule names. */
interface RuleNumbers {
  readonly principal: number
  readonly actions: readonly number[]
  readonly resource: number
}

/** Numbers for texts, on from where the counter stands. */
const createNumbers = (counter: { count: number }) => {
  const numbers = new Map<string, number>()
  return {
    give(text: string): number {
      const number = numbers.get(text) ?? ++counter.count
      numbers.set(text, number)
      return number
    },
    of: (text: string): number | undefined => numbers.get(text),
  }
}

/** Numbers for things with a type and an id. Two maps: no text made of both can be taken for another pair. */
const createEntityNumbers = (counter: { count: number }) => {
  const types = new Map<string, ReturnType<typeof createNumbers>>()
  return {
    give(type: string, id: string): number {
      const ids = types.get(type) ?? createNumbers(counter)
      types.set(type, ids)
      return ids.give(id)
    },
    of: (type: string, id: string): number | undefined => types.get(type)?.of(id),
  }
}

/** Numbers of what rules name, so that a scope is one number and a request finds its rules by few look-ups. */
export interface Numbering {
  /** Of each rule, in order. */
  readonly rules: readonly RuleNumbers[]
  /** Three numbers as one. */
  keyOf(principal: number, action: number, resource: number): number
  /** Undefined if the subject has more principals than a decision looks at. */
  numbersOf(request: AccessRequest, claims: Pick<Claims, 'roles' | 'groups'>): ScopeNumbers | undefined
  /** Whether no key can be as large as two others could share it. */
  readonly isExact: boolean
}

/** Numbers what the rules name. */
export const numberRules = (rules: readonly Rule[], directory: ClosedDirectory): Numbering => {
  const principalCounter = { count: any }
  const roles = createNumbers(principalCounter)
  const groups = createNumbers(principalCounter)
  const subjects = createEntityNumbers(principalCounter)
  const actionCounter = { count: any }
  const actions = createNumbers(actionCounter)
  const resourceCounter = { count: any }
  const resourceTypes = createNumbers(resourceCounter)
  const resourceGroups = createNumbers(resourceCounter)
  const resources = createEntityNumbers(resourceCounter)

  const principalOf = ({ principal }: Rule): number => {
    if (principal === 'any') return any
    if ('role' in principal) return roles.give(principal.role)
    if ('group' in principal) return groups.give(principal.group)
    return subjects.give(principal.subject.type, principal.subject.id)
  }
  const resourceOf = ({ resource }: Rule): number => {
    if ('group' in resource) return resourceGroups.give(resource.group)
    return resource.id === undefined ? resourceTypes.give(resource.type) : resources.give(resource.type, resource.id)
  }
  const numbers = rules.map((rule) => ({
    principal: principalOf(rule),
    actions: rule.actions === 'any' ? [any] : [...new Set(rule.actions)].map(actions.give),
    resource: resourceOf(rule),
  }))

  const known = (found: readonly (number | undefined)[]): number[] => found.filter((number) => number !== undefined)
  const ofRole = (role: string): number[] => known(directory.rolesOfRole(role).map(roles.of))
  const ofGroup = (group: string): number[] => [
    ...known(directory.groupsOfGroup(group).map(groups.of)),
    ...known(directory.rolesOfGroup(group).map(roles.of)),
  ]
  // What the directory says of its own names is worked out once; other names stand for themselves.
  const numbersOfRole = new Map(directory.roleNames.map((name) => [name, ofRole(name)]))
  const numbersOfGroup = new Map(directory.groupNames.map((name) => [name, ofGroup(name)]))
  const numbersOfResourceGroup = new Map(
    [...directory.resourceGroupNames].map((name) => [
      name,
      known(directory.groupsOfResourceGroup(name).map(resourceGroups.of)),
    ]),
  )

  const actionCount = actionCounter.count + 1
  const resourceCount = resourceCounter.count + 1
  const addTo = (list: number[], number: number | undefined): void => {
    if (number !== undefined && !list.includes(number)) list.push(number)
  }
  return {
    rules: numbers,
    keyOf: (principal, action, resource) => (principal * actionCount + action) * resourceCount + resource,
    isExact: Number.isSafeInteger((principalCounter.count + 1) * actionCount * resourceCount),
    numbersOf({ subject, action, resource }, claims) {
      const principals = [any]
      addTo(principals, subjects.of(subject.type, subject.id))
      for (const role of claims.roles) {
        const closed = numbersOfRole.get(role)
        if (closed === undefined) addTo(principals, roles.of(role))
        else for (const number of closed) addTo(principals, number)
        if (principals.length > maximumPrincipals) return undefined
      }
      for (const held of [claims.groups, directory.groupsOfSubject(subject.type, subject.id)]) {
        for (const group of held) {
          const closed = numbersOfGroup.get(group)
          if (closed === undefined) addTo(principals, groups.of(group))
          else for (const number of closed) addTo(principals, number)
          if (principals.length > maximumPrincipals) return undefined
        }
      }
      const found = known([resourceTypes.of(resource.type), resources.of(resource.type, resource.id)])
      for (const group of directory.groupsOfResource(resource.type, resource.id)) {
        for (const number of numbersOfResourceGroup.get(group) ?? []) addTo(found, number)
      }
      return { principals, actions: known([any, actions.of(action.name)]), resources: found }
    },
  }
}
