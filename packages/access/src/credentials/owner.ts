/** Whom a credential belongs to. */
export interface Owner {
  readonly type: string
  readonly id: string
}

/** The roles that an owner has at this moment; undefined for one who is gone or disabled. */
export type RolesOf = (owner: Owner) => Promise<readonly string[] | undefined>

/** What a credential brings of roles, as properties of its subject. */
export interface CredentialRoles {
  readonly roles: string[]
  /** All roles of the owner, where the credential has fewer: what they forbid is forbidden to it as well. */
  readonly ownerRoles?: string[]
}

/**
 * The roles of a credential that its owner still has: a right that the owner lost is lost to every credential, at once.
 *
 * @returns undefined when there is no such owner any more.
 */
export const presentRoles = async (
  roles: readonly string[],
  owner: Owner,
  rolesOf: RolesOf | undefined,
): Promise<CredentialRoles | undefined> => {
  if (rolesOf === undefined) return { roles: [...roles] }
  const present = await rolesOf(owner)
  // Not only undefined: a host without types may say null, and the text "administrator" includes "admin".
  if (!Array.isArray(present)) return undefined
  const held = roles.filter((role) => present.includes(role))
  return { roles: held, ...(present.every((role) => held.includes(role)) ? {} : { ownerRoles: [...present] }) }
}
