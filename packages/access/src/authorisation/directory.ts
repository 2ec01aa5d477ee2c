import { NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { nameSchema } from '../name.ts'

// Bounds of who belongs to what, so that no nesting makes a decision slow or a look never end (CWE-674, CWE-770).
const maximumNames = 10_000
const maximumParents = 64
const maximumMembers = 100_000
const maximumDepth = 32
const maximumAbove = 256

const entitySchema = z.strictObject({ type: nameSchema, id: nameSchema })
const namesSchema = z.array(nameSchema).max(maximumParents)

/** The schema of {@link Directory}. */
export const directorySchema = z.strictObject({
  /** Who has a role has those that it inherits too (ANSI INCITS 359 hierarchical RBAC). */
  roles: z
    .array(z.strictObject({ name: nameSchema, inherits: namesSchema }))
    .max(maximumNames)
    .optional(),
  /** Members of a group are in the groups that it is in, and have the roles of all of them. */
  groups: z
    .array(
      z.strictObject({
        name: nameSchema,
        in: namesSchema.optional(),
        roles: namesSchema.optional(),
        members: z.array(entitySchema).max(maximumMembers).optional(),
      }),
    )
    .max(maximumNames)
    .optional(),
  /** Resources of a group are in the groups that it is in. */
  resourceGroups: z
    .array(
      z.strictObject({
        name: nameSchema,
        in: namesSchema.optional(),
        resources: z.array(entitySchema).max(maximumMembers).optional(),
      }),
    )
    .max(maximumNames)
    .optional(),
})
/** Roles, groups and resource groups: who and what belongs together. */
export type Directory = z.infer<typeof directorySchema>

const refuse = (message: string): never => {
  throw new NootropicError('CONFIGURATION_INVALID', message)
}

/** Of each name, itself and all that it leads to. */
type Closure = (name: string) => readonly string[]

const closeOver = (what: string, links: ReadonlyMap<string, readonly string[]>): Closure => {
  const done = new Map<string, { readonly names: readonly string[]; readonly height: number }>()
  const open = new Set<string>()
  const visit = (name: string): { readonly names: readonly string[]; readonly height: number } => {
    const known = done.get(name)
    if (known !== undefined) return known
    if (open.has(name))
      return refuse(`expected ${what} that do not contain themselves, found ${JSON.stringify(name)} in itself`)
    open.add(name)
    const names = new Set([name])
    let height = 1
    for (const parent of links.get(name) ?? []) {
      // The set of those on the way bounds the recursion.
      if (open.size >= maximumDepth && !open.has(parent))
        return refuse(`expected ${what} of at most ${maximumDepth} levels, found more`)
      const above = visit(parent)
      height = Math.max(height, above.height + 1)
      for (const other of above.names) names.add(other)
    }
    if (height > maximumDepth) refuse(`expected ${what} of at most ${maximumDepth} levels, found ${height}`)
    if (names.size > maximumAbove)
      refuse(`expected ${JSON.stringify(name)} to lead to at most ${maximumAbove} ${what}, found ${names.size}`)
    open.delete(name)
    const result = { names: [...names], height }
    done.set(name, result)
    return result
  }
  for (const name of links.keys()) visit(name)
  return (name) => done.get(name)?.names ?? [name]
}

const once = <Item extends { readonly name: string }>(what: string, items: readonly Item[]): readonly Item[] => {
  const names = new Set<string>()
  for (const { name } of items) {
    if (names.has(name)) refuse(`expected each of the ${what} once, found ${JSON.stringify(name)} twice; join them`)
    names.add(name)
  }
  return items
}

/** Things with a type and an id, and in which named groups they are. */
const createMembership = () => {
  const types = new Map<string, Map<string, string[]>>()
  let count = 0
  return {
    add(group: string, entities: readonly { readonly type: string; readonly id: string }[]): void {
      count += entities.length
      if (count > maximumMembers) refuse(`expected at most ${maximumMembers} members of groups, found more`)
      for (const { type, id } of entities) {
        const ids = types.get(type) ?? new Map<string, string[]>()
        types.set(type, ids)
        const groups = ids.get(id)
        if (groups === undefined) ids.set(id, [group])
        else if (!groups.includes(group)) groups.push(group)
      }
    },
    groupsOf: (type: string, id: string): readonly string[] => types.get(type)?.get(id) ?? [],
  }
}

/** A directory with its nesting worked out. */
export interface ClosedDirectory {
  readonly rolesOfRole: Closure
  readonly groupsOfGroup: Closure
  readonly groupsOfResourceGroup: Closure
  readonly resourceGroupNames: ReadonlySet<string>
  readonly groupNames: readonly string[]
  readonly roleNames: readonly string[]
  /** The roles that a group brings itself. */
  ownRolesOfGroup(group: string): readonly string[]
  /** All roles that membership of a group brings, those of the groups it is in and inherited ones included. */
  rolesOfGroup(group: string): readonly string[]
  groupsOfSubject(type: string, id: string): readonly string[]
  groupsOfResource(type: string, id: string): readonly string[]
}

/**
 * Works out the nesting of a directory.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for what is no directory, a group or role within itself, a name given
 * twice, or more levels or members than the bounds.
 */
export const closeDirectory = (input: Directory): ClosedDirectory => {
  const parsed = directorySchema.safeParse(input)
  if (!parsed.success) return refuse(`expected a directory, found: ${z.prettifyError(parsed.error)}`)
  const roles = once('roles', parsed.data.roles ?? [])
  const groups = once('groups', parsed.data.groups ?? [])
  const resourceGroups = once('resource groups', parsed.data.resourceGroups ?? [])
  const rolesOfRole = closeOver('roles', new Map(roles.map(({ name, inherits }) => [name, inherits])))
  const groupsOfGroup = closeOver('groups', new Map(groups.map(({ name, in: above = [] }) => [name, above])))
  const resourceGroupNames = new Set(resourceGroups.map(({ name }) => name))
  const links = new Map(resourceGroups.map(({ name, in: above = [] }) => [name, above]))
  const ownRoles = new Map(groups.map(({ name, roles: own = [] }) => [name, own]))
  const subjects = createMembership()
  for (const { name, members = [] } of groups) subjects.add(name, members)
  const resources = createMembership()
  for (const { name, resources: members = [] } of resourceGroups) resources.add(name, members)
  const ownRolesOfGroup = (group: string): readonly string[] => ownRoles.get(group) ?? []
  return {
    rolesOfRole,
    groupsOfGroup,
    groupsOfResourceGroup: closeOver('resource groups', links),
    resourceGroupNames,
    groupNames: groups.map(({ name }) => name),
    roleNames: roles.map(({ name }) => name),
    ownRolesOfGroup,
    rolesOfGroup: (group) => [
      ...new Set(groupsOfGroup(group).flatMap((name) => ownRolesOfGroup(name).flatMap(rolesOfRole))),
    ],
    groupsOfSubject: subjects.groupsOf,
    groupsOfResource: resources.groupsOf,
  }
}
