import type { Kysely } from 'kysely'

/** A row of `access_api_keys`. Times are RFC 3339 in UTC, lists are JSON: the same on SQLite and PostgreSQL. */
export interface ApiKeyRow {
  id: string
  /** HMAC-SHA256 of the key's text under the pepper, hexadecimal. */
  mac: string
  subject_type: string
  subject_id: string
  roles: string
  scopes: string | null
  created_at: string
  expires_at: string
  revoked_at: string | null
}

/** The tables of this library. */
export interface AccessTables {
  access_api_keys: ApiKeyRow
}

export const migrations = {
  '0001-api-keys': {
    async up(database: Kysely<unknown>): Promise<void> {
      await database.schema
        .createTable('access_api_keys')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('mac', 'text', (column) => column.notNull())
        .addColumn('subject_type', 'text', (column) => column.notNull())
        .addColumn('subject_id', 'text', (column) => column.notNull())
        .addColumn('roles', 'text', (column) => column.notNull())
        .addColumn('scopes', 'text')
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text', (column) => column.notNull())
        .addColumn('revoked_at', 'text')
        .execute()
    },
  },
}
