import type { Kysely } from 'kysely'

/** A row of `access_quota_counters`. All numbers are whole; times are milliseconds since 1970 by the store's clock. */
interface QuotaCounterRow {
  /** SHA-256 over quota, window, subject and model, hexadecimal. */
  counter: string
  /** Whose count it is, `["type","id"]`, where it is one subject's: so that it can be erased. */
  subject: string | null
  /** Of a window: what was used. Of a rate: the level of the bucket, counts times milliseconds of the window. */
  used: number
  updated_at: number
  /** From then on the row says nothing. */
  ends_at: number
}

/** A row of `access_quota_reservations`. */
interface QuotaReservationRow {
  id: string
  /** Which opened store made it: its process renews all of its reservations at once. */
  holder: string
  subject: string
  expires_at: number
}

/** A row of `access_quota_holds`: what a reservation holds of one counter. */
export interface QuotaHoldRow {
  reservation: string
  counter: string
  /** In the counter's own unit. */
  amount: number
  /** The counter's time when the amount was added. */
  held_at: number
  /** How much of the amount flows off in each millisecond; 0 in a window. */
  drain: number
}

/** The tables of the quotas. */
export interface QuotaTables {
  access_quota_counters: QuotaCounterRow
  access_quota_reservations: QuotaReservationRow
  access_quota_holds: QuotaHoldRow
}

/** The owner under which the migrations of the quotas are recorded. */
export const quotaMigrationOwner = 'accessquotas'

export const quotaMigrations = {
  '0001-quotas': {
    async up(database: Kysely<unknown>): Promise<void> {
      await database.schema
        .createTable('access_quota_counters')
        .addColumn('counter', 'text', (column) => column.primaryKey())
        .addColumn('subject', 'text')
        .addColumn('used', 'bigint', (column) => column.notNull())
        .addColumn('updated_at', 'bigint', (column) => column.notNull())
        .addColumn('ends_at', 'bigint', (column) => column.notNull())
        .execute()
      await database.schema
        .createTable('access_quota_reservations')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('holder', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .execute()
      await database.schema
        .createTable('access_quota_holds')
        .addColumn('reservation', 'text', (column) => column.notNull())
        .addColumn('counter', 'text', (column) => column.notNull())
        .addColumn('amount', 'bigint', (column) => column.notNull())
        .addColumn('held_at', 'bigint', (column) => column.notNull())
        .addColumn('drain', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('access_quota_holds_key', ['reservation', 'counter'])
        .execute()
      for (const [table, column] of [
        ['access_quota_counters', 'ends_at'],
        ['access_quota_counters', 'subject'],
        ['access_quota_reservations', 'expires_at'],
        ['access_quota_reservations', 'holder'],
      ] as const) {
        await database.schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
      }
    },
  },
}
