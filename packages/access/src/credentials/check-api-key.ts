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
    /** It could not be looked up, or who its owner is now: the store was lost. */
    | 'check-failed'
  /** The public id of the key, where the credential had one. */
  readonly keyId?: string
}

// What the text of an unknown key is compared with: no text has this MAC, and nothing else of it counts. Times with as many
// digits as those of others take as long to read.
const nobody = {
  mac: '5a'.repeat(32),
  pepper_id: '',
  revoked_at: null,
  expires_at: '1986-12-24T17:38:49.256Z',
  created_at: '1986-12-24T17:38:49.256Z',
}

/**
 * Why this key must be refused, or undefined if it is right. A key that is unknown, wrong in its first or in its last digit,
 * revoked or expired takes the same steps: one HMAC of its text, one comparison in constant time, two times read. What is
 * wrong is only looked for when all is known.
 */
export const checkApiKey = (
  key: ApiKeyText,
  row: ApiKeyRow | undefined,
  peppers: Peppers,
  now: number,
): Refusal['reason'] | undefined => {
  const { mac, pepper_id, revoked_at, expires_at, created_at } = row ?? nobody
  const own = peppers.keys.get(row === undefined ? peppers.currentId : pepper_id)
  const pepper = own ?? peppers.keys.get(peppers.currentId)
  const isRight = pepper !== undefined && isEqualConstantTime(macOf(pepper, key.text), Buffer.from(mac, 'hex'))
  // Not "until <= now": an expiry that is no date must refuse.
  const isExpired = !(Date.parse(expires_at) > now)
  const isFromTheFuture = isInFuture(Date.parse(created_at), now)
  if (row === undefined) return 'unknown'
  if (own === undefined) return 'pepper-unavailable'
  if (!isRight) return 'wrong-secret'
  if (revoked_at !== null) return 'revoked'
  if (isExpired) return 'expired'
  return isFromTheFuture ? 'clock-went-back' : undefined
}
