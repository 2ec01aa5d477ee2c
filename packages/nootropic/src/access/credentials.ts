import {
  type ApiKeys,
  entryOfKeyChange,
  entryOfKeyRefusal,
  type Mfa,
  openApiKeys,
  openMfa,
  openSessions,
  type Sessions,
} from '@nootropic/access'
import type { AuditLog, Authenticator, Clock, Random } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import type { ManifestSet } from '@nootropic/core/manifest'
import type { Database } from '@nootropic/core/storage'
import { createCallerAuthenticator } from './caller.ts'

type KeyOptions = Parameters<typeof openApiKeys>[0]
type SessionOptions = Parameters<typeof openSessions>[0]
type FactorOptions = Parameters<typeof openMfa>[0]

/** What a host may say of its users' credentials. */
export interface CredentialOptions {
  /** Which roles somebody has now, by the host's own directory: no key and no session has more. */
  readonly rolesOf?: NonNullable<KeyOptions['rolesOf']>
  /** How long sessions live, and how many somebody may have. */
  readonly sessions?: NonNullable<SessionOptions['policy']>
  /** The site that passkeys are for; without it there are none. */
  readonly relyingParty?: NonNullable<FactorOptions['relyingParty']>
}

/** All by which an installation knows its callers. */
export interface Credentials {
  /** Takes API keys and tokens of sessions, as far as the policy says. */
  readonly authenticator: Authenticator
  readonly keys: ApiKeys
  readonly sessions: Sessions
  readonly mfa: Mfa
  /** Removes sessions and challenges that have ended. */
  removeExpired(): Promise<void>
  close(): Promise<void>
}

/** What credentials are opened from. */
export interface CredentialParts {
  readonly database: Database
  readonly keyStore: KeyStore
  readonly settings: ManifestSet
  readonly audit: AuditLog
  readonly clock: Clock
  readonly random: Random
}

/** Opens the credentials of an installation. Every refusal and every change is on record before its caller knows. */
export const openCredentials = async (parts: CredentialParts, options: CredentialOptions): Promise<Credentials> => {
  const { database, keyStore, audit, clock, random } = parts
  const { rolesOf, relyingParty } = options
  const record = (entry: Parameters<AuditLog['append']>[0]) => audit.append(entry)
  const shared = { database, clock, random, record, ...(rolesOf === undefined ? {} : { rolesOf }) }
  const keys = await openApiKeys({
    ...shared,
    pepper: await keyStore.secret('api-key-pepper'),
    // The caller learns nothing; the operator learns why.
    onRefused: async (refusal) => void (await record(entryOfKeyRefusal(refusal))),
    onChanged: async (change) => void (await record(entryOfKeyChange(change))),
  })
  const sessions = await openSessions({
    ...shared,
    ...(options.sessions === undefined ? {} : { policy: options.sessions }),
  })
  const mfa = await openMfa({ ...shared, keys: keyStore, ...(relyingParty === undefined ? {} : { relyingParty }) })
  return {
    authenticator: createCallerAuthenticator({ keys, sessions }, parts.settings.policy.spec.access.authentication),
    keys,
    sessions,
    mfa,
    async removeExpired() {
      await sessions.removeEnded()
      await mfa.removeExpired()
    },
    close: () => keys.flush(),
  }
}
