import type { AccessRequest } from '@nootropic/core'
import { type Claims, claimsOf } from './claims.ts'
import type { ClosedDirectory } from './directory.ts'

// Of one subject, so that no directory makes the answer long (CWE-770): all that the owner of a credential may have, and
// what they inherit.
const maximumHeldRoles = 4096

/** The roles that a subject is given, those aside that they inherit. */
function* rolesGiven(
  { type, id }: AccessRequest['subject'],
  { roles, ownerRoles, groups }: Claims,
  directory: ClosedDirectory,
): Generator<string> {
  yield* roles
  yield* ownerRoles
  const held = [...groups, ...directory.groupsOfSubject(type, id)]
  for (const group of new Set(held.flatMap(directory.groupsOfGroup))) yield* directory.ownRolesOfGroup(group)
}

/**
 * All roles of a subject: those of its properties and of its owner, those that its groups bring, and what all of these
 * inherit. Undefined where its properties cannot be read, or where there are too many.
 */
export const rolesHeldBy = (
  subject: AccessRequest['subject'],
  directory: ClosedDirectory,
): readonly string[] | undefined => {
  const claims = claimsOf(subject)
  if (typeof claims === 'string') return undefined
  const held = new Set<string>()
  for (const role of rolesGiven(subject, claims, directory)) {
    if (held.has(role)) continue // and all that it inherits
    for (const one of directory.rolesOfRole(role)) held.add(one)
    if (held.size > maximumHeldRoles) return undefined
  }
  return [...held]
}
