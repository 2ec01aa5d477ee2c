import type { AccessRequest } from '@nootropic/core'
import { maximumRoles } from './rule.ts'

// A directory may know many roles of somebody of which no rule speaks (CWE-770).
const maximumOwnerRoles = 1024

const none: readonly string[] = []

/** The roles and groups that a subject brings with it. */
export interface Claims {
  readonly roles: readonly string[]
  readonly groups: readonly string[]
  /** Those of its owner that a credential may not have: they permit nothing, and forbid. */
  readonly ownerRoles: readonly string[]
}

/** A list of names in the properties of a subject, or undefined if what stands there is none. */
const namesIn = (
  { properties }: AccessRequest['subject'],
  name: keyof Claims,
  maximum: number,
): readonly string[] | undefined => {
  const names = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
  if (names === undefined) return none
  const isList = Array.isArray(names) && names.length <= maximum && names.every((item) => typeof item === 'string')
  return isList ? names : undefined
}

/** What a subject's properties say of its roles and groups, or a sentence on what stands there instead. */
export const claimsOf = (subject: AccessRequest['subject']): Claims | string => {
  const roles = namesIn(subject, 'roles', maximumRoles)
  const groups = namesIn(subject, 'groups', maximumRoles)
  const ownerRoles = namesIn(subject, 'ownerRoles', maximumOwnerRoles)
  if (roles !== undefined && groups !== undefined && ownerRoles !== undefined) return { roles, groups, ownerRoles }
  const wrong = roles === undefined ? 'roles' : groups === undefined ? 'groups' : 'ownerRoles'
  const maximum = wrong === 'ownerRoles' ? maximumOwnerRoles : maximumRoles
  return `expected subject.properties.${wrong} to be at most ${maximum} names, found something else`
}
