import type { Migrations } from '@nootropic/core/storage'

interface Owned {
  id: string
  subject_type: string
  subject_id: string
  created_at: number
}

/** A generator of time-based codes. Times are milliseconds since 1970. */
export interface TotpRow extends Owned {
  /** Sealed under the key store's secret, base64. */
  sealed_seed: string
  confirmed_at: number | null
  /** The step of the last code that was accepted: no code of it or of an earlier one is accepted again. */
  last_step: number
}

/** A recovery code. */
interface RecoveryCodeRow extends Owned {
  code_hash: string
  used_at: number | null
}

/** A passkey; its id is the credential's, base64url. */
interface PasskeyRow extends Owned {
  public_key: string
  counter: number
  transports: string
  last_used_at: number | null
}

/** A challenge that was given out and not answered. */
interface ChallengeRow {
  nonce_hash: string
  /** SHA-256 of everything it is bound to. */
  binding_hash: string
  created_at: number
  expires_at: number
}

/** How often a source tried a subject's factors without success. */
export interface AttemptRow {
  /** SHA-256 of subject and source: neither can be read from it. */
  key: string
  failures: number
  last_at: number
  blocked_until: number
  /** Until when this source is one from which the subject has succeeded. */
  known_until: number
}

/** The tables of second factors. */
export interface MfaTables {
  access_totp: TotpRow
  access_recovery_codes: RecoveryCodeRow
  access_passkeys: PasskeyRow
  access_challenges: ChallengeRow
  access_attempts: AttemptRow
}

export const migrations: Migrations = {
  '0001-factors': {
    async up(database) {
      const owned = (name: string) =>
        database.schema
          .createTable(name)
          .addColumn('id', 'text', (column) => column.primaryKey())
          .addColumn('subject_type', 'text', (column) => column.notNull())
          .addColumn('subject_id', 'text', (column) => column.notNull())
          .addColumn('created_at', 'bigint', (column) => column.notNull())
      await owned('access_totp')
        .addColumn('sealed_seed', 'text', (column) => column.notNull())
        .addColumn('confirmed_at', 'bigint')
        .addColumn('last_step', 'bigint', (column) => column.notNull())
        .execute()
      await owned('access_recovery_codes')
        .addColumn('code_hash', 'text', (column) => column.notNull().unique())
        .addColumn('used_at', 'bigint')
        .execute()
      await owned('access_passkeys')
        .addColumn('public_key', 'text', (column) => column.notNull())
        .addColumn('counter', 'bigint', (column) => column.notNull())
        .addColumn('transports', 'text', (column) => column.notNull())
        .addColumn('last_used_at', 'bigint')
        .execute()
      for (const name of ['access_totp', 'access_recovery_codes', 'access_passkeys']) {
        const index = database.schema.createIndex(`${name}_subject`).on(name)
        await index.columns(['subject_type', 'subject_id']).execute()
      }
      await database.schema
        .createTable('access_challenges')
        .addColumn('nonce_hash', 'text', (column) => column.primaryKey())
        .addColumn('binding_hash', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute()
      await database.schema
        .createTable('access_attempts')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('failures', 'bigint', (column) => column.notNull())
        .addColumn('last_at', 'bigint', (column) => column.notNull())
        .addColumn('blocked_until', 'bigint', (column) => column.notNull())
        .addColumn('known_until', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
}
