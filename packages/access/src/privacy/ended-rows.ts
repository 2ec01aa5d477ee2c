import type { Kysely } from 'kysely'
import type { SubjectTables } from './subject-tables.ts'

// Counts of quotas and of failed attempts protect for a day, however short the retention is.
const protectiveMs = 24 * 60 * 60 * 1000

/** Removes what ended before an instant. What somebody may still use stays, however old. */
export const removeEndedRows = async (tables: Kysely<SubjectTables>, before: Date, now: Date): Promise<number> => {
  const text = before.toISOString()
  const milliseconds = before.getTime()
  const counts = Math.min(milliseconds, now.getTime() - protectiveMs)
  const results = [
    await tables
      .deleteFrom('access_api_keys')
      .where((row) => row.or([row('revoked_at', '<=', text), row('expires_at', '<=', text)]))
      .executeTakeFirst(),
    await tables
      .deleteFrom('access_sessions')
      .where((row) => row.or([row('revoked_at', '<=', milliseconds), row('expires_at', '<=', milliseconds)]))
      .executeTakeFirst(),
    await tables
      .deleteFrom('access_session_subjects')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('access_sessions')
              .select('id')
              .whereRef('access_sessions.subject_type', '=', 'access_session_subjects.subject_type')
              .whereRef('access_sessions.subject_id', '=', 'access_session_subjects.subject_id'),
          ),
        ),
      )
      .executeTakeFirst(),
    await tables.deleteFrom('access_recovery_codes').where('used_at', '<=', milliseconds).executeTakeFirst(),
    await tables
      .deleteFrom('access_totp')
      .where('confirmed_at', 'is', null)
      .where('created_at', '<=', counts)
      .executeTakeFirst(),
    await tables.deleteFrom('access_challenges').where('expires_at', '<=', milliseconds).executeTakeFirst(),
    await tables
      .deleteFrom('access_attempts')
      .where('last_at', '<=', counts)
      .where('known_until', '<=', now.getTime())
      .executeTakeFirst(),
    await tables.deleteFrom('access_quota_counters').where('ends_at', '<=', counts).executeTakeFirst(),
  ]
  return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}
