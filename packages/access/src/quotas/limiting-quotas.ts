import type { AccessRequest } from '@nootropic/core'
import type { Quota } from './quota.ts'

type Subject = AccessRequest['subject']

/** All roles of a subject, also those that are not among its properties; undefined where they cannot be told. */
export type RolesOfSubject = (subject: Subject) => Promise<readonly string[] | undefined>

/** The roles among a subject's properties; undefined where they cannot be read. */
const rolesBrought = ({ properties }: Subject): readonly unknown[] | undefined => {
  // A limit on a role of the owner holds for credentials without it too, as a rule that forbids does.
  const { roles = [], ownerRoles = [] } = properties ?? {}
  return Array.isArray(roles) && Array.isArray(ownerRoles) ? [...roles, ...ownerRoles] : undefined
}

/**
 * Which quotas limit a subject's use of a model. A subject whose roles cannot be told is limited by those of all roles.
 *
 * @param rolesOf is asked where a quota for a role limits the model; what it throws is thrown.
 */
export const createLimitingQuotas = (quotas: readonly Quota[], rolesOf: RolesOfSubject | undefined) => {
  const rolesFor = async (subject: Subject): Promise<ReadonlySet<unknown> | undefined> => {
    const brought = rolesBrought(subject)
    const more = brought === undefined || rolesOf === undefined ? [] : await rolesOf(subject)
    // A host without types may say null, or a text.
    return brought !== undefined && Array.isArray(more) ? new Set([...brought, ...more]) : undefined
  }
  return async (subject: Subject, model: string): Promise<readonly Quota[]> => {
    const ofModel = quotas.filter((quota) => quota.model === undefined || quota.model === model)
    const isByRole = ofModel.some((quota) => quota.subject !== undefined && 'role' in quota.subject)
    const roles = isByRole ? await rolesFor(subject) : undefined
    return ofModel.filter(({ subject: limited }) => {
      if (limited === undefined) return true
      if ('role' in limited) return roles === undefined || roles.has(limited.role)
      return limited.type === subject.type && limited.id === subject.id
    })
  }
}
