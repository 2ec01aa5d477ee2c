import { createHash } from 'node:crypto'
import { type AccessRequest, canonicalJson, type Digest, type Json, type Random } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { isInFuture } from '../credentials/steady-time.ts'
import type { MfaTables } from './mfa-table.ts'

// ASVS 6.7.2 asks for 64 bits; WebAuthn (section 13.4.3) for 16 bytes.
const nonceBytes = 32

/** What a proof of a second factor is for, and for nothing else. */
export interface StepUpOperation {
  readonly subject: Pick<AccessRequest['subject'], 'type' | 'id'>
  /** The id of the session, or of whatever else the subject was authenticated by. */
  readonly session: string
  readonly action: string
  readonly resource: Pick<AccessRequest['resource'], 'type' | 'id'>
  /** SHA-256 of the request that will be carried out: the host computes it from what it will do, not from what it is told. */
  readonly requestDigest: Digest
}

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One digest of all that a proof is bound to. */
export const bindingOf = ({ subject, session, action, resource, requestDigest }: StepUpOperation): string =>
  sha256Hex(
    canonicalJson([
      'step-up',
      subject.type,
      subject.id,
      session,
      action,
      resource.type,
      resource.id,
      requestDigest,
    ] satisfies Json),
  )

/** Nonces that are given out, and each taken back once. */
export interface Challenges {
  /** @returns the nonce, base64url. Only its hash is kept. */
  give(binding: string): Promise<{ nonce: string; expiresAt: number }>
  /** Takes a challenge back. @returns whether it was given for this binding and is in time: for one of all processes. */
  take(nonce: unknown, binding: string): Promise<boolean>
  removeExpired(): Promise<number>
}

export const createChallenges = (
  database: Database,
  time: () => number,
  random: Random,
  lifetimeMs: number,
): Challenges => {
  const tables = database.tables<MfaTables>()
  const removeExpired = async (now: number): Promise<number> => {
    const { numDeletedRows } = await tables
      .deleteFrom('access_challenges')
      .where('expires_at', '<=', now)
      .executeTakeFirst()
    return Number(numDeletedRows)
  }

  return {
    async give(binding) {
      const nonce = random.bytes(nonceBytes).toString('base64url')
      const now = time()
      // Whoever asks again and again fills the table for as long as a challenge lives, and no longer (CWE-770).
      await removeExpired(now)
      const row = { nonce_hash: sha256Hex(nonce), binding_hash: binding, created_at: now, expires_at: now + lifetimeMs }
      await tables.insertInto('access_challenges').values(row).execute()
      return { nonce, expiresAt: row.expires_at }
    },

    async take(nonce, binding) {
      if (typeof nonce !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(nonce)) return false
      const row = await tables
        .deleteFrom('access_challenges')
        .where('nonce_hash', '=', sha256Hex(nonce))
        .where('binding_hash', '=', binding)
        .returningAll()
        .executeTakeFirst()
      const now = time()
      return row !== undefined && row.expires_at > now && !isInFuture(row.created_at, now)
    },

    removeExpired: () => removeExpired(time()),
  }
}
