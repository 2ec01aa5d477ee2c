import { createHash } from 'node:crypto'
import { canonicalJson, NootropicError } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import type { Kysely } from 'kysely'
import type { Owner } from '../credentials/owner.ts'
import { type Admission, type AttemptLimit, admitAttempt } from './attempt-limit.ts'
import type { AttemptRow, MfaTables } from './mfa-table.ts'

const minute = 60 * 1000
const day = 24 * 60 * minute

/** For one source that tries one subject's factors: five tries, then 30 seconds, a minute, … a quarter of an hour. */
const sourceLimit: AttemptLimit = { free: 5, firstWaitMs: minute / 2, maximumWaitMs: 15 * minute, forgetAfterMs: day }
/**
 * For all sources together from which the subject never succeeded: who has many addresses gets some hundred guesses a day at a
 * code of six digits, not a hundred for each address.
 */
const strangersLimit: AttemptLimit = { ...sourceLimit, free: 20 }
// As long as a subject that comes back now and then is no stranger.
const knownForMs = 90 * day

/**
 * Counts attempts per subject and source in the database, for all processes together. Nobody can shut out somebody else: a
 * source is stopped by its own failures only, and the limit for strangers does not touch sources from which the subject has
 * succeeded.
 */
export interface AttemptCounter {
  /**
   * Counts an attempt, before it is looked at.
   *
   * @param isGuessable whether strangers' guesses have to be counted together: for codes so short that they can be guessed.
   * @throws NootropicError `LIMIT_EXCEEDED` with `details.retryAfterMs` when it must wait; it is not counted then.
   */
  admit(subject: Owner, source: string, isGuessable: boolean): Promise<void>
  /**
   * Forgets the failures of this source, and knows it from now on. Among those of strangers the attempt counts no more: else who
   * is often somewhere else would be shut out by their own successes.
   */
  succeed(subject: Owner, source: string, isGuessable: boolean): Promise<void>
  /** Removes what is forgotten anyway. @returns how many rows. */
  removeForgotten(): Promise<number>
}

const keyOf = (subject: Owner, source: string | undefined): string => {
  const parts = source === undefined ? ['strangers'] : ['source', source]
  return createHash('sha256')
    .update(canonicalJson([subject.type, subject.id, ...parts]))
    .digest('hex')
}

export const createAttemptCounter = (database: Database, time: () => number): AttemptCounter => {
  const tables = database.tables<MfaTables>()

  // The row's lock is held until the transaction ends: what is decided from the row is still so when it is written.
  const lock = async (transaction: Kysely<MfaTables>, key: string): Promise<AttemptRow> =>
    transaction
      .insertInto('access_attempts')
      .values({ key, failures: 0, last_at: 0, blocked_until: 0, known_until: 0 })
      .onConflict((conflict) => conflict.column('key').doUpdateSet((row) => ({ key: row.ref('excluded.key') })))
      .returningAll()
      .executeTakeFirstOrThrow()

  const count = async (
    transaction: Kysely<MfaTables>,
    key: string,
    limit: AttemptLimit,
    now: number,
  ): Promise<Admission> => {
    const { failures, last_at, blocked_until } = await lock(transaction, key)
    const admission = admitAttempt(limit, { failures, lastAt: last_at, blockedUntil: blocked_until }, now)
    if (admission.isAdmitted) {
      const { next } = admission
      await transaction
        .updateTable('access_attempts')
        .set({ failures: next.failures, last_at: next.lastAt, blocked_until: next.blockedUntil })
        .where('key', '=', key)
        .execute()
    }
    return admission
  }

  const isKnown = async (transaction: Kysely<MfaTables>, key: string, now: number): Promise<boolean> => {
    const row = await transaction
      .selectFrom('access_attempts')
      .select('known_until')
      .where('key', '=', key)
      .executeTakeFirst()
    return (row?.known_until ?? 0) > now
  }

  return {
    async admit(subject, source, isGuessable) {
      const now = time()
      const own = keyOf(subject, source)
      const admission = await tables.transaction().execute(async (transaction) => {
        if (isGuessable && !(await isKnown(transaction, own, now))) {
          const strangers = await count(transaction, keyOf(subject, undefined), strangersLimit, now)
          if (!strangers.isAdmitted) return strangers
        }
        return count(transaction, own, sourceLimit, now)
      })
      if (admission.isAdmitted) return
      const { retryAfterMs } = admission
      const found = `one more; try again in ${Math.ceil(retryAfterMs / 1000)} s, or use a passkey or a recovery code`
      throw new NootropicError('LIMIT_EXCEEDED', `expected fewer attempts at a second factor, got ${found}`, {
        details: { retryAfterMs },
      })
    },

    async succeed(subject, source, isGuessable) {
      const now = time()
      const own = keyOf(subject, source)
      await tables.transaction().execute(async (transaction) => {
        if (isGuessable && !(await isKnown(transaction, own, now))) {
          await transaction
            .updateTable('access_attempts')
            .set((row) => ({ failures: row('failures', '-', 1) }))
            .where('key', '=', keyOf(subject, undefined))
            .where('failures', '>', 0)
            .execute()
        }
        await transaction
          .updateTable('access_attempts')
          .set({ failures: 0, blocked_until: 0, last_at: now, known_until: now + knownForMs })
          .where('key', '=', own)
          .execute()
      })
    },

    async removeForgotten() {
      const now = time()
      const { numDeletedRows } = await tables
        .deleteFrom('access_attempts')
        .where('last_at', '<=', now - sourceLimit.forgetAfterMs)
        .where('known_until', '<=', now)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
