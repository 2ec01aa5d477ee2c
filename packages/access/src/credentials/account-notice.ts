import type { AuditEntry } from '@nootropic/core'

/** What the person behind an account ought to hear of. */
export interface AccountNotice {
  /** Whose account: `<type>:<id>`. */
  readonly subject: string
  readonly kind:
    | 'factor-added'
    | 'factor-removed'
    | 'recovery-codes-replaced'
    | 'api-key-created'
    | 'api-key-rotated'
    | 'api-key-revoked'
    /** Somebody answered for a second factor, and wrongly. */
    | 'factor-refused'
    /** So often that it must wait. */
    | 'too-many-attempts'
    /** The counter of a passkey went back: there is a copy of it. */
    | 'passkey-copied'
    /** The token of a session was sent by a client that it is not bound to. */
    | 'session-elsewhere'
    | 'session-displaced'
}

// Outcome and action; a colon and the reason where that decides.
const kinds: Readonly<Record<string, AccountNotice['kind']>> = {
  'succeeded mfa.confirm': 'factor-added',
  'succeeded mfa.enrol:passkey': 'factor-added',
  'succeeded mfa.enrol:recovery-code': 'recovery-codes-replaced',
  'succeeded mfa.remove': 'factor-removed',
  'succeeded api-key.created': 'api-key-created',
  'succeeded api-key.rotated': 'api-key-rotated',
  'succeeded api-key.revoked': 'api-key-revoked',
  'denied mfa.confirm': 'factor-refused',
  'denied mfa.prove:wrong': 'factor-refused',
  'denied mfa.prove:throttled': 'too-many-attempts',
  'denied mfa.prove:counter-went-back': 'passkey-copied',
  'denied session.use:bound-to-another-client': 'session-elsewhere',
  'succeeded session.end:too-many-sessions': 'session-displaced',
}

/**
 * Whether an audit entry is one that the person behind the account should be told of (ASVS 6.3.5 and 6.3.7): a change of how
 * they authenticate, or an attempt that looks like somebody else's. How they are told, and how often, is the host's.
 *
 * @example
 * ```ts
 * const record = async (entry) => {
 *   await log.append(entry)
 *   const notice = accountNotice(entry)
 *   if (notice !== undefined) await tell(notice.subject, notice.kind)
 * }
 * ```
 */
export const accountNotice = ({ actor, action, outcome, reason }: AuditEntry): AccountNotice | undefined => {
  const key = `${outcome} ${action}`
  const kind = kinds[key] ?? kinds[`${key}:${reason}`]
  return kind === undefined ? undefined : { subject: actor, kind }
}
