import type { Database } from '@nootropic/core/storage'
import { type InstallationTables, migrateInstallation } from '../installation-tables.ts'

/** Keeps the last checkpoint of the audit log apart from the log: a log that was cut or removed no longer contains it. */
export interface AuditAnchor {
  read(): Promise<string | undefined>
  write(checkpoint: string): Promise<void>
}

const name = 'audit'

/** The anchor in a database; who can change the database can change it too, so keep a checkpoint on another machine as well. */
export const openAuditAnchor = async (database: Database): Promise<AuditAnchor> => {
  await migrateInstallation(database)
  const tables = database.tables<InstallationTables>()
  return {
    async read() {
      const row = await tables
        .selectFrom('nootropic_anchors')
        .select('checkpoint')
        .where('name', '=', name)
        .executeTakeFirst()
      return row?.checkpoint
    },
    async write(checkpoint) {
      await tables
        .insertInto('nootropic_anchors')
        .values({ name, checkpoint })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ checkpoint }))
        .execute()
    },
  }
}
