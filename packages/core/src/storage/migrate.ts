import { type Kysely, Migrator } from 'kysely'
import { isNootropicError, NootropicError } from '../errors.ts'
import type { Migrations } from './database.ts'

const ownerPattern = /^[a-z][a-z0-9]{0,30}$/

/** Runs an owner's migrations on a connection; each owner keeps its own record of what was run. */
export const migrateOwner = async (db: Kysely<unknown>, owner: string, migrations: Migrations): Promise<void> => {
  if (!ownerPattern.test(owner)) {
    throw new NootropicError('INTERNAL', `expected an owner of tables such as "access", got ${JSON.stringify(owner)}`)
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: `${owner}_migrations`,
    migrationLockTableName: `${owner}_migrations_lock`,
  })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  if (isNootropicError(error)) throw error
  const reason = error instanceof Error ? error.message : String(error)
  const advice = 'was it migrated by a newer version?'
  throw new NootropicError('STORAGE_FAILED', `expected to migrate the tables of ${owner}, found ${reason}; ${advice}`)
}
