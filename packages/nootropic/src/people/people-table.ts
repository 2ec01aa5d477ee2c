import type { Database, Migrations } from '@nootropic/core/storage'

/** A row of `nootropic_people`: one person for as long as one key of theirs is used. Times are milliseconds since 1970. */
export interface PersonRow {
  /** The pseudonym, random. */
  person: string
  /** HMAC-SHA256 of who it is, under a secret of the key store: whoever has only the table learns nothing from it. */
  subject_mac: string
  key_id: string
  /** Who it is, sealed under the person's key, base64. */
  sealed_name: string
  begins_at: number
}

/** The table of people. */
export interface PeopleTables {
  nootropic_people: PersonRow
}

const migrations: Migrations = {
  '0001-people': {
    up: async (db) => {
      await db.schema
        .createTable('nootropic_people')
        .addColumn('person', 'text', (column) => column.primaryKey())
        .addColumn('subject_mac', 'text', (column) => column.notNull())
        .addColumn('key_id', 'text', (column) => column.notNull().unique())
        .addColumn('sealed_name', 'text', (column) => column.notNull())
        .addColumn('begins_at', 'bigint', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('nootropic_people_subject')
        .on('nootropic_people')
        .columns(['subject_mac', 'begins_at'])
        .execute()
    },
  },
}

/** Creates the table where it is missing. */
export const migratePeople = (database: Database): Promise<void> => database.migrate('nootropicpeople', migrations)
