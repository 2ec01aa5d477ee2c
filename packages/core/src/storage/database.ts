import type { Kysely, Migration } from 'kysely'

/** Changes to tables by name, run once each in the order of their names: `0001-registry`. */
export type Migrations = Readonly<Record<string, Migration>>

/** The database of one installation: the same tables and queries on both engines. */
export interface Database {
  readonly engine: 'sqlite' | 'postgres'
  /**
   * The query builder over the tables that its caller says are there. Strings, numbers, byte arrays and null work on both
   * engines; whole numbers come back as numbers, up to 2^53 - 1. On SQLite a transaction holds the one connection: inside
   * it, use only the query builder it is given.
   */
  tables<Tables>(): Kysely<Tables>
  /**
   * Runs what was not run yet of `migrations`, all or none of it. Safe in several processes at once. Tables are to be
   * named `<owner>_*`.
   *
   * @throws NootropicError `STORAGE_FAILED`, also for a database that a newer version has migrated further.
   */
  migrate(owner: string, migrations: Migrations): Promise<void>
  close(): Promise<void>
}
