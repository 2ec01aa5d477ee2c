import { isEqualConstantTime } from '@nootropic/core'
import { isInFuture } from '../credentials/steady-time.ts'
import type { SessionRow } from './session-table.ts'

/** Why a session was refused: for the operator's audit log, never for the caller. */
export type SessionRefusal =
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'idle'
  | 'bound-to-another-client'
  | 'clock-went-back'
  | 'owner-gone'

/** Whether a session is alive, as far as its row tells; else why not. */
export const checkLife = (row: SessionRow, now: number, idleMs: number): SessionRefusal | undefined => {
  if (row.revoked_at !== null) return 'revoked'
  // Written so that a time that is no number refuses.
  if (!(row.expires_at > now)) return 'expired'
  if (isInFuture(row.last_seen_at, now)) return 'clock-went-back'
  if (!(row.last_seen_at + idleMs > now)) return 'idle'
  return undefined
}

/** Whether the client is the one that the session is bound to. A session that is bound to none is anybody's who holds its token. */
export const isBoundTo = (row: SessionRow, bindingHash: string | undefined): boolean =>
  row.binding_hash === null ||
  (bindingHash !== undefined && isEqualConstantTime(Buffer.from(row.binding_hash), Buffer.from(bindingHash)))
