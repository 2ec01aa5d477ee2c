import type { Kysely } from 'kysely'

/** A row of `accessrules_policies`: one policy that was published, as JSON. */
interface PolicyRow {
  version: number
  document: string
  author: string
  published_at: string
}

/** The tables of rules. */
export interface PolicyTables {
  accessrules_policies: PolicyRow
}

/** The owner of these tables. */
export const policyOwner = 'accessrules'

export const policyMigrations = {
  '0001-policies': {
    async up(database: Kysely<unknown>): Promise<void> {
      await database.schema
        .createTable('accessrules_policies')
        .addColumn('version', 'integer', (column) => column.primaryKey())
        .addColumn('document', 'text', (column) => column.notNull())
        .addColumn('author', 'text', (column) => column.notNull())
        .addColumn('published_at', 'text', (column) => column.notNull())
        .execute()
    },
  },
}
