import { isEqualConstantTime } from '@nootropic/core'
import type { ApiKeyText } from './api-key.ts'
import type { ApiKeyRow } from './api-key-table.ts'
import { macOf, type Peppers } from './peppers.ts'
import { isInFuture } from './steady-time.ts'

/** Why a credential was refused: for the operator's audit log, never for the caller. */
export interface Refusal {
  readonly reason:
    | 'malformed'
    | 'wrong-environment'
    | 'unknown'
    | 'wrong-secret'
    | 'pepper-unavailable'
    | 'revoked'
    | 'expired'
    /** It was made in what is now the future: the clock went back. */
    | 'clock-went-back'
    | 'owner-gone'
  /** The public id of the key, where the credential had one. */
  readonly keyId?: string
}

const noMac = Buffer.alloc(32)

/**
 * Why this key must be refused, or undefined if it is right. A key that is unknown, wrong in its first or in its last digit
 * takes the same steps: one HMAC of its text, one comparison in constant time.
 */
export const checkApiKey = (
  key: ApiKeyText,
  row: ApiKeyRow | undefined,
  peppers: Peppers,
  now: number,
): Refusal['reason'] | undefined => {
  const current = peppers.keys.get(peppers.currentId)
  const own = row === undefined ? current : peppers.keys.get(row.pepper_id)
  const pepper = own ?? current
  const isRight =
    pepper !== undefined &&
    isEqualConstantTime(macOf(pepper, key.text), row === undefined ? noMac : Buffer.from(row.mac, 'hex'))
  if (row === undefined) return 'unknown'
  if (own === undefined) return 'pepper-unavailable'
  if (!isRight) return 'wrong-secret'
  if (row.revoked_at !== null) return 'revoked'
  // Not "until <= now": an expiry that is no date must refuse.
  if (!(Date.parse(row.expires_at) > now)) return 'expired'
  if (isInFuture(Date.parse(row.created_at), now)) return 'clock-went-back'
  return undefined
}
