import type { Database, Migrations } from '@nootropic/core/storage'

/** The tables that belong to the composition itself. */
export interface InstallationTables {
  /** By the digest of a model: its fingerprint and claim, as JSON. */
  nootropic_marks: { digest: string; content: string }
  /** The last checkpoint of a log that is kept elsewhere. */
  nootropic_anchors: { name: string; checkpoint: string }
}

const migrations: Migrations = {
  '0001-marks-and-anchors': {
    up: async (db) => {
      await db.schema
        .createTable('nootropic_marks')
        .addColumn('digest', 'text', (column) => column.primaryKey())
        .addColumn('content', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('nootropic_anchors')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('checkpoint', 'text', (column) => column.notNull())
        .execute()
    },
  },
}

/** Creates the tables where they are missing. */
export const migrateInstallation = (database: Database): Promise<void> => database.migrate('nootropic', migrations)
