import type { PolicyStore, Rule, StepUpAuthorizer } from '@nootropic/access'
import { openQuotas, type Quotas, type RolesOfSubject } from '@nootropic/access/quotas'
import type { AuditEntry, Authenticator } from '@nootropic/core'
import { type AccessPolicy, openAccessPolicy } from './access-policy.ts'
import { type AccessSettings, readAccessSettings } from './access-settings.ts'
import { type CredentialOptions, type CredentialParts, type Credentials, openCredentials } from './credentials.ts'

/** What a host may say of its callers, beside the policy and in place of `config/access.yaml`. */
export interface AccessOptions extends AccessSettings, CredentialOptions {}

/** Who may do what of an installation, and how much: what the guards of `@nootropic/access/guard` take. */
export interface InstallationAccess {
  /** Takes API keys and tokens of sessions, as far as the policy says. */
  readonly authenticator: Authenticator
  readonly authorizer: StepUpAuthorizer
  /** Left out where nothing limits use. */
  readonly quotas?: Quotas
  /** Writes down what a host did, before it is done. */
  audit(entry: AuditEntry): Promise<unknown>
  /** The rules that were published, and who published them. */
  readonly policy: PolicyStore
  /** What would be decided at another time. */
  readonly decideAt: AccessPolicy['decideAt']
}

/** Opens all that decides on callers. */
export const openInstallationAccess = async (
  parts: CredentialParts & { readonly root: string; readonly rules: readonly Rule[] | undefined },
  options: AccessOptions,
): Promise<Credentials & { readonly access: InstallationAccess; readonly quotas: Quotas | undefined }> => {
  const { database, settings, audit, clock, random, root, rules } = parts
  const { rolesOf, relyingParty, ...given } = options
  const { quotas: limits, sensitiveOperations, sessions } = await readAccessSettings(root, given)
  const { authentication, authorization } = settings.policy.spec.access
  const credentials = await openCredentials(parts, {
    ...(rolesOf === undefined ? {} : { rolesOf }),
    ...(relyingParty === undefined ? {} : { relyingParty }),
    ...(sessions === undefined ? {} : { sessions }),
  })
  const switches = { ...authorization, ...authentication }
  const policy = await openAccessPolicy({ database, audit, switches, rules, sensitiveOperations, clock })
  const rolesHeld: RolesOfSubject = async (subject) => (await policy.store.currentIndex()).rolesOf(subject)
  // Rules that the host gives have no directory, and what was published does not count beside them.
  const roleSource = rules === undefined ? { rolesOf: rolesHeld } : {}
  const quotas =
    limits === undefined || limits.length === 0 || !authorization.usageQuotas
      ? undefined
      : await openQuotas({ database, quotas: limits, random, ...roleSource })
  return {
    ...credentials,
    async removeExpired() {
      await credentials.removeExpired()
      await quotas?.releaseExpired()
    },
    async close() {
      quotas?.close()
      await credentials.close()
    },
    quotas,
    access: {
      authenticator: credentials.authenticator,
      authorizer: policy.authorizer,
      ...(quotas === undefined ? {} : { quotas }),
      audit: (entry) => audit.append(entry),
      policy: policy.store,
      decideAt: policy.decideAt,
    },
  }
}
