import type { Migrations } from '../../src/storage/index.ts'

/** The tables that the tests of storage use. */
export interface TestTables {
  test_rows: { id: number; text: string | null; bytes: Uint8Array | null }
  test_counters: { name: string; used: number }
  test_children: { id: number; row: number }
}

export const testMigrations: Migrations = {
  '0001-tables': {
    async up(db) {
      await db.schema
        .createTable('test_rows')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('text', 'text')
        .addColumn('bytes', 'bytea')
        .execute()
      await db.schema
        .createTable('test_counters')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('used', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
  '0002-children': {
    async up(db) {
      await db.schema
        .createTable('test_children')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('row', 'bigint', (column) => column.notNull().references('test_rows.id'))
        .execute()
    },
  },
}
