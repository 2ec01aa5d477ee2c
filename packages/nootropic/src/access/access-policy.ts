import {
  createAuthorizer,
  createStepUpAuthorizer,
  createStoredAuthorizer,
  defaultSensitiveOperations,
  indexRules,
  openPolicyStore,
  type PolicyStore,
  type Rule,
  type SensitiveOperation,
  type StepUpAuthorizer,
} from '@nootropic/access'
import {
  type AccessDecision,
  type AccessRequest,
  type AuditEntry,
  type AuditLog,
  type Authorizer,
  type Clock,
  canonicalJson,
  type Json,
  sha256,
} from '@nootropic/core'
import type { ModelSecurityPolicy } from '@nootropic/core/manifest'
import type { Database } from '@nootropic/core/storage'
import { defaultRules } from './default-rules.ts'

type Access = ModelSecurityPolicy['spec']['access']

/** The switches of the policy that bear on who may do what. */
export type AccessSwitches = Pick<Access['authorization'], 'roleBasedAccess' | 'modelSpecificPermissions'> &
  Pick<Access['authentication'], 'mfaForSensitiveOps'>

/** Who may do what in an installation. */
export interface AccessPolicy {
  /** What was published. A change counts from the next decision on, in every process; each is on the audit log first. */
  readonly store: PolicyStore
  readonly authorizer: StepUpAuthorizer
  /** What would be decided at another time. */
  decideAt(time: Date, request: AccessRequest): Promise<AccessDecision>
}

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json

/** A store whose every change is on record: that it is made before it is made, and how that went. */
const audited = (store: PolicyStore, audit: AuditLog): PolicyStore => ({
  ...store,
  async publish(change) {
    const { rules, directory = {}, expectedVersion, author } = change
    // What is no policy at all is no change that anybody could make.
    indexRules(rules, directory)
    const entry: Omit<AuditEntry, 'outcome'> = {
      category: 'security',
      actor: author,
      action: 'grant',
      resource: 'policy:access',
    }
    const details = {
      from: expectedVersion,
      rules: rules.length,
      digest: sha256(canonicalJson(asJson({ rules, directory }))),
    }
    // Without the record there is no change.
    await audit.append({ ...entry, outcome: 'allowed', details })
    const published = await store.publish(change).catch(async (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      await audit.append({ ...entry, outcome: 'failed', reason, details })
      throw error
    })
    await audit.append({ ...entry, outcome: 'succeeded', details: { ...details, version: published.version } })
    return published
  },
})

/** Why a permit does not count, as the switches say. Forbids count always. */
const permitSwitch =
  ({ roleBasedAccess, modelSpecificPermissions }: AccessSwitches) =>
  ({ principal, resource }: Rule): string | undefined => {
    const isByRole = typeof principal === 'object' && 'role' in principal
    if (!roleBasedAccess && isByRole) {
      return 'it is for a role, and access.authorization.roleBasedAccess is switched off'
    }
    const isOfSingleModels = 'group' in resource || (resource.type === 'model' && resource.id !== undefined)
    if (!modelSpecificPermissions && isOfSingleModels) {
      return 'it is for single models, and access.authorization.modelSpecificPermissions is switched off'
    }
    return undefined
  }

/**
 * Opens who may do what. Rules that the host gives stay as they are; without them the policy that was published last
 * counts, and while none was, the default rules. With `mfaForSensitiveOps` sensitive operations need a second factor.
 *
 * @throws NootropicError `STORAGE_FAILED`, `CONFIGURATION_INVALID` for wrong rules or operations.
 */
export const openAccessPolicy = async (options: {
  database: Database
  audit: AuditLog
  switches: AccessSwitches
  rules?: readonly Rule[] | undefined
  sensitiveOperations?: readonly SensitiveOperation[] | undefined
  clock: Clock
}): Promise<AccessPolicy> => {
  const { database, audit, switches, rules, clock } = options
  const operations = switches.mfaForSensitiveOps ? (options.sensitiveOperations ?? defaultSensitiveOperations) : []
  const switchedOff = permitSwitch(switches)
  const store = await openPolicyStore({ database, initial: { rules: defaultRules }, switchedOff, clock })
  const authorizerBy = (when: Clock): StepUpAuthorizer => {
    const authorizer: Authorizer =
      rules === undefined
        ? createStoredAuthorizer(store, { clock: when })
        : createAuthorizer(rules, { clock: when, switchedOff })
    return createStepUpAuthorizer({ authorizer, operations, clock: when })
  }
  return {
    store: audited(store, audit),
    authorizer: authorizerBy(clock),
    decideAt: (time, request) => authorizerBy({ now: () => time, monotonicMs: () => 0 }).authorize(request),
  }
}
