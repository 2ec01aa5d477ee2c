import type { AccessRequest } from '@nootropic/core'
import type { Kysely } from 'kysely'
import { giveBack } from './charge.ts'
import { subjectText } from './counter.ts'
import type { QuotaHoldRow, QuotaTables } from './quota-table.ts'

// Of one call, so that giving back what others left never delays a request for long.
const maximumReleasesAtOnce = 100
// A count outlives its window, so that a clock that is set back does not begin it anew.
const keptAfterEndMs = 24 * 60 * 60 * 1000

/**
 * Ends a reservation and returns what it holds, in the order in which counters are taken; undefined if it was ended before.
 * Of several processes one ends it.
 */
export const endReservation = async (
  transaction: Kysely<QuotaTables>,
  id: string,
  expiredAt = Number.MAX_SAFE_INTEGER,
): Promise<QuotaHoldRow[] | undefined> => {
  const ended = await transaction
    .deleteFrom('access_quota_reservations')
    .where('id', '=', id)
    .where('expires_at', '<=', expiredAt)
    .returning('id')
    .executeTakeFirst()
  if (ended === undefined) return undefined
  const holds = await transaction
    .deleteFrom('access_quota_holds')
    .where('reservation', '=', id)
    .returningAll()
    .execute()
  return holds.sort((left, right) => (left.counter < right.counter ? -1 : 1))
}

/** Gives back what reservations hold that have expired, and removes counts that have ended. Returns how many there were. */
export const releaseExpired = async (tables: Kysely<QuotaTables>, now: number): Promise<number> => {
  const expired = await tables
    .selectFrom('access_quota_reservations')
    .select('id')
    .where('expires_at', '<=', now)
    .orderBy('id')
    .limit(maximumReleasesAtOnce)
    .execute()
  let released = 0
  for (const { id } of expired) {
    // Each on its own: a transaction that held many could wait for one that waits for it.
    released += await tables.transaction().execute(async (transaction) => {
      const holds = await endReservation(transaction, id, now)
      for (const hold of holds ?? []) await giveBack(transaction, hold, hold.amount, now)
      return holds === undefined ? 0 : 1 // renewed, settled, or released by another process
    })
  }
  const before = now - keptAfterEndMs
  await tables.deleteFrom('access_quota_counters').where('ends_at', '<=', before).execute()
  return released
}

/** Removes every row of a subject. */
export const eraseSubject = (tables: Kysely<QuotaTables>, subject: AccessRequest['subject']): Promise<void> =>
  tables.transaction().execute(async (transaction) => {
    const text = subjectText(subject)
    // In the order in which requests take and settle them, so that neither waits for the other on PostgreSQL.
    const reservations = transaction.deleteFrom('access_quota_reservations').where('subject', '=', text)
    for (const { id } of await reservations.returning('id').execute()) {
      await transaction.deleteFrom('access_quota_holds').where('reservation', '=', id).execute()
    }
    const counters = transaction.selectFrom('access_quota_counters').select('counter').where('subject', '=', text)
    for (const { counter } of await counters.orderBy('counter').execute()) {
      await transaction.deleteFrom('access_quota_counters').where('counter', '=', counter).execute()
    }
  })
