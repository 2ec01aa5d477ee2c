import { NootropicError } from '@nootropic/core'
import { type CedarEngine, type CedarUid, keyOf, problemsOf, type ScopeConstraint } from './engine.ts'

// Each is parsed once and stays in memory (CWE-770).
const maximumPolicies = 100_000

/** Policies parsed in slices, by the action and the resource in their scopes. */
export interface PolicySlices {
  /** The ids of the parsed sets that may hold a policy for this action on one of these resources. */
  setsFor(action: CedarUid, resources: readonly CedarUid[]): readonly string[]
}

const all = '*'
const uidOf = (entity: CedarUid | { readonly __entity: CedarUid } | undefined): CedarUid | undefined =>
  entity !== undefined && '__entity' in entity ? entity.__entity : entity

// An action `in` a group may be any below it: only equality says which one.
const actionKey = ({ op, entity }: ScopeConstraint): string => {
  const uid = uidOf(entity)
  return op === '==' && uid !== undefined ? keyOf(uid) : all
}

// A resource `in` a group is found by the group, which is among the ancestors that a request is looked up with.
const resourceKey = ({ op, entity, in: within }: ScopeConstraint): string => {
  const uid = op === 'is' ? uidOf(within?.entity) : op === '==' || op === 'in' ? uidOf(entity) : undefined
  return uid === undefined ? all : keyOf(uid)
}

/**
 * Parses policies in slices. Cedar looks at every policy of a set, so what cannot match is kept in other sets; what several
 * sets answer joins exactly, because a forbid anywhere denies and a permit anywhere permits.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for what is no static policy.
 */
export const slicePolicies = (
  engine: CedarEngine,
  policies: Readonly<Record<string, string>>,
  prefix: string,
): PolicySlices => {
  const entries = Object.entries(policies)
  if (entries.length > maximumPolicies) {
    const message = `expected at most ${maximumPolicies} Cedar policies, found ${entries.length}; join some`
    throw new NootropicError('CONFIGURATION_INVALID', message)
  }
  const slices = new Map<string, Map<string, (readonly [id: string, text: string])[]>>()
  for (const [id, text] of entries) {
    const parsed = engine.policyToJson(text)
    if (parsed.type === 'failure') {
      const message = `expected one Cedar policy without slots as ${JSON.stringify(id)}, found: ${problemsOf(parsed.errors)}`
      throw new NootropicError('CONFIGURATION_INVALID', message)
    }
    const byResource = slices.get(actionKey(parsed.json.action)) ?? new Map<string, [string, string][]>()
    slices.set(actionKey(parsed.json.action), byResource)
    const key = resourceKey(parsed.json.resource)
    const slice = byResource.get(key) ?? []
    slice.push([id, text])
    byResource.set(key, slice)
  }
  const sets = new Map<string, Map<string, string>>()
  let count = 0
  for (const [action, byResource] of slices) {
    const ids = new Map<string, string>()
    sets.set(action, ids)
    for (const [resource, slice] of byResource) {
      count += 1
      const set = `${prefix}/${count}`
      const parsed = engine.preparsePolicySet(set, { staticPolicies: Object.fromEntries(slice) })
      if (parsed.type === 'failure') {
        throw new NootropicError(
          'CONFIGURATION_INVALID',
          `expected Cedar policies, found: ${problemsOf(parsed.errors)}`,
        )
      }
      ids.set(resource, set)
    }
  }
  return {
    setsFor(action, resources) {
      const keys = [all, ...resources.map(keyOf)]
      return [all, keyOf(action)].flatMap((name) => {
        const ids = sets.get(name)
        return ids === undefined ? [] : keys.flatMap((key) => ids.get(key) ?? [])
      })
    },
  }
}
