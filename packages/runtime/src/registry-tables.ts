import type { Migrations } from '@nootropic/core/storage'

/** The tables of the registry. Times are RFC 3339 in UTC, documents are JSON text. */
export interface RegistryTables {
  runtime_models: {
    name: string
    /** Counts changes. To raise it first locks a model in a transaction, on both engines. */
    revision: number
    /** The activation that holds, by its sequence. */
    activation: number | null
    suspended_reason: string | null
    suspended_since: string | null
  }
  runtime_versions: {
    name: string
    version: string
    digest: string
    original_digest: string | null
    signature: string
    report: string
    registered_at: string
  }
  runtime_activations: {
    name: string
    /** The model's revision that it made. */
    sequence: number
    version: string
    /** The activation to go back to. */
    previous: number | null
    /** Why, for a rollback. */
    reason: string | null
    at: string
  }
}

export const registryMigrations: Migrations = {
  '0001-registry': {
    async up(db) {
      await db.schema
        .createTable('runtime_models')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('revision', 'integer', (column) => column.notNull())
        .addColumn('activation', 'integer')
        .addColumn('suspended_reason', 'text')
        .addColumn('suspended_since', 'text')
        .execute()
      await db.schema
        .createTable('runtime_versions')
        .addColumn('name', 'text', (column) => column.notNull().references('runtime_models.name'))
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addColumn('original_digest', 'text')
        .addColumn('signature', 'text', (column) => column.notNull())
        .addColumn('report', 'text', (column) => column.notNull())
        .addColumn('registered_at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('runtime_versions_key', ['name', 'version'])
        .execute()
      await db.schema
        .createTable('runtime_activations')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('sequence', 'integer', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('previous', 'integer')
        .addColumn('reason', 'text')
        .addColumn('at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('runtime_activations_key', ['name', 'sequence'])
        .addForeignKeyConstraint('runtime_activations_version', ['name', 'version'], 'runtime_versions', [
          'name',
          'version',
        ])
        .execute()
    },
  },
}
