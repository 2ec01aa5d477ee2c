/** Whom a credential belongs to. */
export interface Owner {
  readonly type: string
  readonly id: string
}

/** The roles that an owner has at this moment; undefined for one who is gone or disabled. */
export type RolesOf = (owner: Owner) => Promise<readonly string[] | undefined>

/**
 * The roles of a credential that its owner still has: a right that the owner lost is lost to every credential, at once.
 *
 * @returns undefined when there is no such owner any more.
 */
export const presentRoles = async (
  roles: readonly string[],
  owner: Owner,
  rolesOf: RolesOf | undefined,
): Promise<string[] | undefined> => {
  if (rolesOf === undefined) return [...roles]
  const present = await rolesOf(owner)
  return present === undefined ? undefined : roles.filter((role) => present.includes(role))
}
