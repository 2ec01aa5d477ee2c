import type { Migrations } from '@nootropic/core/storage'

/** A row of `access_sessions`. Times are milliseconds since 1970, lists are JSON: the same on SQLite and PostgreSQL. */
export interface SessionRow {
  id: string
  /** SHA-256 of the token, hexadecimal: at 256 random bits no salt and no pepper adds anything (ASVS 6.5.2). */
  token_hash: string
  subject_type: string
  subject_id: string
  roles: string
  /** SHA-256 of what the session is bound to, hexadecimal. */
  binding_hash: string | null
  created_at: number
  last_seen_at: number
  expires_at: number
  revoked_at: number | null
  /** The last second factor that was proved in this session, and when. */
  factor: string | null
  factor_at: number | null
}

/** The tables of sessions. */
export interface SessionTables {
  access_sessions: SessionRow
  /** One row per subject, locked while its sessions are counted. */
  access_session_subjects: { subject_type: string; subject_id: string; changes: number }
}

export const migrations: Migrations = {
  '0001-sessions': {
    async up(database) {
      await database.schema
        .createTable('access_sessions')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('token_hash', 'text', (column) => column.notNull().unique())
        .addColumn('subject_type', 'text', (column) => column.notNull())
        .addColumn('subject_id', 'text', (column) => column.notNull())
        .addColumn('roles', 'text', (column) => column.notNull())
        .addColumn('binding_hash', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addColumn('revoked_at', 'bigint')
        .addColumn('factor', 'text')
        .addColumn('factor_at', 'bigint')
        .execute()
      await database.schema
        .createIndex('access_sessions_subject')
        .on('access_sessions')
        .columns(['subject_type', 'subject_id'])
        .execute()
      await database.schema
        .createTable('access_session_subjects')
        .addColumn('subject_type', 'text', (column) => column.notNull())
        .addColumn('subject_id', 'text', (column) => column.notNull())
        .addColumn('changes', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('access_session_subjects_key', ['subject_type', 'subject_id'])
        .execute()
    },
  },
}
