import type { Migrations } from '@nootropic/core/storage'
import { firstPepperId } from './peppers.ts'

/** A row of `access_api_keys`. Times are RFC 3339 in UTC, lists are JSON: the same on SQLite and PostgreSQL. */
export interface ApiKeyRow {
  id: string
  /** HMAC-SHA256 of the key's text under the pepper, hexadecimal. */
  mac: string
  pepper_id: string
  subject_type: string
  subject_id: string
  roles: string
  scopes: string | null
  created_at: string
  expires_at: string
  revoked_at: string | null
  /** The key that took its place. */
  successor_id: string | null
  last_used_at: string | null
}

/** The table of API keys. */
export interface ApiKeyTables {
  access_api_keys: ApiKeyRow
}

export const migrations: Migrations = {
  '0001-api-keys': {
    async up(database) {
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
  '0002-rotation': {
    async up(database) {
      const table = () => database.schema.alterTable('access_api_keys')
      await table()
        .addColumn('pepper_id', 'text', (column) => column.notNull().defaultTo(firstPepperId))
        .execute()
      await table().addColumn('successor_id', 'text').execute()
      await table().addColumn('last_used_at', 'text').execute()
      await database.schema
        .createIndex('access_api_keys_subject')
        .on('access_api_keys')
        .columns(['subject_type', 'subject_id'])
        .execute()
    },
  },
}
