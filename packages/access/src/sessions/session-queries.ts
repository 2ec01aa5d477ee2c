import type { Kysely } from 'kysely'
import type { Owner } from '../credentials/owner.ts'
import type { SessionTables } from './session-table.ts'

/**
 * Locks a subject until the transaction ends. Counting its sessions and adding one are one step then: without the lock two of
 * PostgreSQL's transactions would each find room for the last one.
 */
export const lockSubject = async (transaction: Kysely<SessionTables>, subject: Owner): Promise<void> => {
  await transaction
    .insertInto('access_session_subjects')
    .values({ subject_type: subject.type, subject_id: subject.id, changes: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['subject_type', 'subject_id'])
        .doUpdateSet((row) => ({ changes: row('access_session_subjects.changes', '+', 1) })),
    )
    .execute()
}

/** The sessions of a subject that are alive. */
export const liveSessions = (tables: Kysely<SessionTables>, subject: Owner, now: number, idleMs: number) =>
  tables
    .selectFrom('access_sessions')
    .where('subject_type', '=', subject.type)
    .where('subject_id', '=', subject.id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', now - idleMs)

/** Ends sessions: those that the caller's conditions choose. */
export const endSessions = (tables: Kysely<SessionTables>, now: number) =>
  tables.updateTable('access_sessions').set({ revoked_at: now }).where('revoked_at', 'is', null)

/** Removes the rows of sessions that ended. */
export const removeEndedSessions = async (
  tables: Kysely<SessionTables>,
  now: number,
  idleMs: number,
): Promise<number> => {
  const { numDeletedRows } = await tables
    .deleteFrom('access_sessions')
    .where((row) =>
      row.or([
        row('revoked_at', 'is not', null),
        row('expires_at', '<=', now),
        row('last_seen_at', '<=', now - idleMs),
      ]),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
