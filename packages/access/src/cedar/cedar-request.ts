import type { AccessRequest } from '@nootropic/core'
import { type CedarEntity, type CedarUid, keyOf } from './engine.ts'

// Entities sent with one question: more is a directory, not a neighbourhood (CWE-770).
const maximumEntities = 1000

/** A question in Cedar's terms, or why there is none. */
export type CedarQuestion =
  | {
      readonly principal: CedarUid
      readonly action: CedarUid
      readonly resource: CedarUid
      readonly context: Readonly<Record<string, unknown>>
      readonly entities: readonly CedarEntity[]
      /** The resource and all that it is in. */
      readonly resources: readonly CedarUid[]
    }
  | { readonly refusal: string }

// In Cedar's JSON these are entities and extension values: a request that could state them would state who it is.
const escapes = ['__entity', '__extn', '__expr']

/** What Cedar would misread in a value of a request. */
const misread = (value: unknown, place: string): string | undefined => {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    // Cedar has 64-bit whole numbers; beyond 2^53 JSON.parse has rounded what was sent, and a comparison would lie.
    return `expected whole numbers up to 2^53 - 1 in ${place}, found another; send it as text`
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    if (escapes.includes(name)) return `expected plain values in ${place}, found ${name}`
    const found = misread(member, place)
    if (found !== undefined) return found
  }
  return undefined
}

const claimTypes: readonly string[] = ['Role', 'Group']

/** Undefined for what is no list of names: to leave some out could be to leave out one that a policy forbids. */
const namesIn = (
  properties: AccessRequest['subject']['properties'],
  name: string,
  type: string,
): CedarUid[] | undefined => {
  const names = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : []
  const isList = Array.isArray(names) && names.every((item) => typeof item === 'string')
  return isList ? names.map((id) => ({ type, id })) : undefined
}

const referencesIn = (value: unknown): CedarUid[] => {
  if (typeof value !== 'object' || value === null) return []
  if ('__entity' in value) return [value.__entity as CedarUid]
  return Object.values(value).flatMap(referencesIn)
}

/** Facts of the host about entities, by type and id. */
export type KnownEntities = ReadonlyMap<string, CedarEntity>

/** Facts of the host for {@link toCedarQuestion}. */
export const knownEntities = (entities: readonly CedarEntity[]): KnownEntities =>
  new Map(entities.map((entity) => [keyOf(entity.uid), entity]))

/** What the host knows of an entity stands above what the request says of it. */
const join = (
  uid: CedarUid,
  stated: object | undefined,
  parents: readonly CedarUid[],
  known: KnownEntities,
): CedarEntity => {
  const facts = known.get(keyOf(uid))
  return { uid, attrs: { ...stated, ...facts?.attrs }, parents: [...parents, ...(facts?.parents ?? [])] }
}

/** The entities that these lead to, by their parents and attributes; undefined if there are too many. */
const reachable = (first: readonly CedarEntity[], known: KnownEntities): CedarEntity[] | undefined => {
  const found = new Map<string, CedarEntity>()
  const open = [...first]
  for (let entity = open.pop(); entity !== undefined; entity = open.pop()) {
    const key = keyOf(entity.uid)
    if (found.has(key)) continue
    found.set(key, entity)
    if (found.size > maximumEntities) return undefined
    for (const uid of [...entity.parents, ...referencesIn(entity.attrs)]) {
      const next = known.get(keyOf(uid))
      if (next !== undefined && !found.has(keyOf(uid))) open.push(next)
    }
  }
  return [...found.values()]
}

const ancestorsOf = (uid: CedarUid, entities: readonly CedarEntity[]): CedarUid[] => {
  const parents = new Map(entities.map((entity) => [keyOf(entity.uid), entity.parents]))
  const found = new Map([[keyOf(uid), uid]])
  for (const next of found.values()) {
    for (const parent of parents.get(keyOf(next)) ?? []) found.set(keyOf(parent), parent)
  }
  return [...found.values()]
}

/**
 * A request as Cedar asks it: roles and groups of the subject are its parents `Role::"…"` and `Group::"…"`, the action is
 * `Action::"…"`, `context.ip` is an `ipaddr` and `context.now` a `datetime`.
 */
export const toCedarQuestion = (request: AccessRequest, known: KnownEntities, now: Date): CedarQuestion => {
  const { subject, action, resource, context = {} } = request
  for (const [place, values] of [
    ['subject.properties', subject.properties],
    ['action.properties', action.properties],
    ['resource.properties', resource.properties],
    ['context', context],
  ] as const) {
    const refusal = misread(values, place)
    if (refusal !== undefined) return { refusal }
  }
  if (!Number.isFinite(now.getTime())) return { refusal: 'expected a time, found none' }
  // `principal in Role::"admin"` holds for that entity itself.
  if (claimTypes.includes(subject.type)) return { refusal: 'expected a subject, found the type of a role or group' }
  const roles = namesIn(subject.properties, 'roles', 'Role')
  const groups = namesIn(subject.properties, 'groups', 'Group')
  if (roles === undefined || groups === undefined) {
    return { refusal: 'expected subject.properties.roles and groups to be lists of names, found something else' }
  }
  const principal = join({ type: subject.type, id: subject.id }, subject.properties, [...roles, ...groups], known)
  const verb = join({ type: 'Action', id: action.name }, action.properties, [], known)
  const target = join({ type: resource.type, id: resource.id }, resource.properties, [], known)
  const entities = reachable([principal, verb, target], known)
  if (entities === undefined) {
    return { refusal: `expected at most ${maximumEntities} entities around a request, found more` }
  }
  const ip = typeof context.ip === 'string' ? { ip: { __extn: { fn: 'ip', arg: context.ip } } } : {}
  return {
    principal: principal.uid,
    action: verb.uid,
    resource: target.uid,
    context: { ...context, ...ip, now: { __extn: { fn: 'datetime', arg: now.toISOString() } } },
    entities,
    resources: ancestorsOf(target.uid, entities),
  }
}
