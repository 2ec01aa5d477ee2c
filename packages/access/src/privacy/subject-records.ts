import { type Clock, NootropicError, systemClock } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { type Kysely, sql } from 'kysely'
import { openPolicyStore } from '../authorisation/policy-store.ts'
import type { Owner } from '../credentials/owner.ts'
import { subjectText } from '../quotas/counter.ts'
import { eraseSubject } from '../quotas/release.ts'
import { removeEndedRows } from './ended-rows.ts'
import { authorsOf, namedInVersions, readHoldings, type SubjectHoldings, subjectInPolicy } from './subject-holdings.ts'
import { openSubjectTables, type SubjectTables } from './subject-tables.ts'

/** How many rows of each kind were removed or changed. */
export interface RemovedRows {
  readonly apiKeys: number
  readonly sessions: number
  readonly factors: number
  readonly recoveryCodes: number
  readonly quotaCounters: number
  readonly policyVersions: number
}

/** What the tables of access hold of people: to read, to erase, and to let go of in time. */
export interface SubjectRecords {
  /** All that is held of a subject, without any secret. */
  find(subject: Owner): Promise<SubjectHoldings>
  /** @throws NootropicError `USAGE` if the policy that counts names the subject: only a person can say what it is to become. */
  verifyErasable(subject: Owner): Promise<void>
  /**
   * Removes all that is held of a subject, all or none of it: keys, sessions, factors, recovery codes, counts of quotas, and
   * earlier versions of the policy that name them; whom the policy names as its author becomes `erased`.
   *
   * @throws NootropicError as {@link SubjectRecords.verifyErasable}.
   */
  erase(subject: Owner): Promise<RemovedRows>
  /**
   * Removes what ended before an instant: keys, sessions, used recovery codes, challenges, attempts, counts of quotas.
   *
   * @returns how many rows.
   */
  removeEnded(before: Date): Promise<number>
}

type OwnedTable = Exclude<
  keyof SubjectTables,
  `access_${'quota' | 'challenges' | 'attempts'}${string}` | 'accessrules_policies'
>

/** Removes the rows of a subject from one of the tables that say whose they are. */
const deleteOwned = async (
  transaction: Kysely<SubjectTables>,
  table: OwnedTable,
  { type, id }: Owner,
): Promise<number> => {
  const { numDeletedRows } = await transaction
    .deleteFrom(table as 'access_sessions')
    .where('subject_type', '=', type)
    .where('subject_id', '=', id)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/**
 * Opens what the tables of access hold of people, and makes the tables that are not there.
 *
 * @throws NootropicError `STORAGE_FAILED`
 */
export const openSubjectRecords = async (options: { database: Database; clock?: Clock }): Promise<SubjectRecords> => {
  const { database, clock = systemClock } = options
  const tables = await openSubjectTables(database)
  const policies = await openPolicyStore({ database, clock })

  const find = async (subject: Owner): Promise<SubjectHoldings> => readHoldings(tables, subject, await policies.read())

  const verifyErasable = async (subject: Owner): Promise<void> => {
    const policy = subjectInPolicy(await policies.read(), subject)
    const named = [...policy.rules.map((rule) => `rule ${JSON.stringify(rule)}`), ...policy.groups]
    if (named.length === 0) return
    const found = `${named.slice(0, 5).join(', ')} of version ${policy.version}`
    throw new NootropicError(
      'USAGE',
      `expected a policy that does not name whom to erase, found ${found}; publish one without them, then erase again`,
    )
  }

  return {
    find,
    verifyErasable,
    async erase(subject) {
      await verifyErasable(subject)
      const { version } = await policies.read()
      const named = await namedInVersions(tables, subject, version)
      const { count: quotaCounters } = await tables
        .selectFrom('access_quota_counters')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('subject', '=', subjectText(subject))
        .executeTakeFirstOrThrow()
      await eraseSubject(tables, subject)
      return tables.transaction().execute(async (transaction) => {
        const factors =
          (await deleteOwned(transaction, 'access_totp', subject)) +
          (await deleteOwned(transaction, 'access_passkeys', subject))
        const recoveryCodes = await deleteOwned(transaction, 'access_recovery_codes', subject)
        const sessions = await deleteOwned(transaction, 'access_sessions', subject)
        await deleteOwned(transaction, 'access_session_subjects', subject)
        const apiKeys = await deleteOwned(transaction, 'access_api_keys', subject)
        if (named.length > 0)
          await transaction.deleteFrom('accessrules_policies').where('version', 'in', named).execute()
        await transaction
          .updateTable('accessrules_policies')
          .set({ author: 'erased' })
          .where('author', 'in', authorsOf(subject))
          .execute()
        return {
          apiKeys,
          sessions,
          factors,
          recoveryCodes,
          quotaCounters: Number(quotaCounters),
          policyVersions: named.length,
        }
      })
    },
    removeEnded: (before) => removeEndedRows(tables, before, clock.now()),
  }
}

/**
 * Writes the database anew without what was removed, so that its file and its journal hold no trace of it. SQLite only:
 * PostgreSQL frees the space in its own time.
 *
 * @returns whether that was done; it is not while another program reads the same file.
 * @throws NootropicError `STORAGE_FAILED`, also while another program writes, or without the space for a second copy.
 */
export const eraseTraces = async (database: Database): Promise<boolean> => {
  if (database.engine !== 'sqlite') return false
  const tables = database.tables<unknown>()
  await sql`vacuum`.execute(tables)
  const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(tables)
  return rows[0]?.busy === 0
}
