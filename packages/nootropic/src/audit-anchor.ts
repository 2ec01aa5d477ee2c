import type { Database, Migrations } from '@nootropic/core/storage'

/** Keeps the last checkpoint of the audit log apart from the log: a log that was cut or removed no longer contains it. */
export interface AuditAnchor {
  read(): Promise<string | undefined>
  write(checkpoint: string): Promise<void>
}

interface Tables {
  nootropic_anchors: { name: string; checkpoint: string }
}

const migrations: Migrations = {
  '0001-anchors': {
    up: (db) =>
      db.schema
        .createTable('nootropic_anchors')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .execute(),
  },
}

const name = 'audit'

/** The anchor in a database; who can change the database can change it too, so keep a checkpoint on another machine as well. */
export const openAuditAnchor = async (database: Database): Promise<AuditAnchor> => {
  await database.migrate('nootropic_anchor', migrations)
  const tables = database.tables<Tables>()
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
