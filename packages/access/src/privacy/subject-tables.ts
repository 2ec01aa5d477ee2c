import type { Database } from '@nootropic/core/storage'
import type { Kysely } from 'kysely'
import { type PolicyTables, policyMigrations, policyOwner } from '../authorisation/policy-table.ts'
import { type ApiKeyTables, migrations as apiKeyMigrations } from '../credentials/api-key-table.ts'
import { type MfaTables, migrations as mfaMigrations } from '../mfa/mfa-table.ts'
import { type QuotaTables, quotaMigrationOwner, quotaMigrations } from '../quotas/quota-table.ts'
import { type SessionTables, migrations as sessionMigrations } from '../sessions/session-table.ts'

/** Every table of this library: what is held about people stands in some of them. */
export type SubjectTables = ApiKeyTables & SessionTables & MfaTables & QuotaTables & PolicyTables

/** The tables, made where they are missing: what was never opened holds nothing, and can be asked all the same. */
export const openSubjectTables = async (database: Database): Promise<Kysely<SubjectTables>> => {
  await database.migrate('access', apiKeyMigrations)
  await database.migrate('accesssessions', sessionMigrations)
  await database.migrate('accessmfa', mfaMigrations)
  await database.migrate(quotaMigrationOwner, quotaMigrations)
  await database.migrate(policyOwner, policyMigrations)
  return database.tables<SubjectTables>()
}
