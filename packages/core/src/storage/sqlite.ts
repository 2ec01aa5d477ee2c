import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CompiledQuery, type DatabaseConnection, type Dialect, Kysely, SqliteDialect, SqliteDriver, sql } from 'kysely'
import { NootropicError } from '../errors.ts'
import type { Database } from './database.ts'
import { type CheckParameter, guardDialect } from './guarded-dialect.ts'
import { migrateOwner } from './migrate.ts'
import { createPrivateFile, ensurePrivateDirectory, verifyPrivateFile } from './private-file.ts'
import { storageError } from './storage-error.ts'

type Connection = import('libsql').Database

// Longer than any transaction of ours; libsql's own default is not to wait at all.
const busyTimeoutMs = 10_000

// libsql 0.5 ends the process on a value that it does not know, a boolean for one, and rounds larger bigints.
const checkParameter: CheckParameter = (value, index) => {
  const isPlain = value === null || typeof value === 'string' || Number.isFinite(value) || value instanceof Uint8Array
  const isSafeBigint = typeof value === 'bigint' && Number.isSafeInteger(Number(value))
  if (isPlain || isSafeBigint) return
  const expected = 'expected a string, a finite number, a bigint below 2^53, a byte array or null'
  const found = value instanceof Date ? 'a Date' : typeof value === 'bigint' ? 'a larger bigint' : typeof value
  throw new NootropicError('STORAGE_FAILED', `${expected} as parameter ${index + 1} of a statement, got ${found}`)
}

// A transaction that begins as a reader and then writes fails at once, without waiting, when another process wrote in
// between (sqlite.org/isolation.html): every transaction begins as a writer.
class WriterFirstDriver extends SqliteDriver {
  readonly #verifyInPlace: () => void

  constructor(connection: Connection, verifyInPlace: () => void) {
    super({ database: connection })
    this.#verifyInPlace = verifyInPlace
  }

  override acquireConnection(): Promise<DatabaseConnection> {
    this.#verifyInPlace()
    return super.acquireConnection()
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

const connect = async (location: string): Promise<Connection> => {
  const { default: Libsql } = await import('libsql')
  const connection = new Libsql(location, { timeout: busyTimeoutMs })
  const [journal] = connection.pragma('journal_mode = wal') as { journal_mode: string }[]
  // FULL: a commit is on disk when it returns.
  connection.pragma('synchronous = full')
  connection.pragma('foreign_keys = on')
  // A changed file must not make functions run by opening it (sqlite.org/security.html).
  connection.pragma('trusted_schema = off')
  // What is deleted is overwritten, not only no longer found: people are erased from here, and so are hashes of credentials.
  connection.pragma('secure_delete = on')
  if (location !== ':memory:' && journal?.journal_mode !== 'wal') {
    connection.close()
    throw new NootropicError('STORAGE_FAILED', `expected ${location} on a file system that shares memory, found none`)
  }
  return connection
}

/**
 * A file that was removed or replaced while it is open goes on answering, from what it held then: keys that were revoked in the
 * new one would be right for ever (sqlite.org/howtocorrupt.html, section 4).
 *
 * @returns what throws when another file, or none, stands in the place of the one that is there now.
 */
const watchPlace = (location: string): (() => void) => {
  if (location === ':memory:') return () => {}
  const fileThere = (): string => {
    const stats = statSync(location, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? 'nothing' : `${stats.dev}:${stats.ino}`
  }
  const opened = fileThere()
  return () => {
    const found = fileThere()
    if (found === opened) return
    const message = `expected the database ${location} that was opened, found ${found === 'nothing' ? found : 'another file'}`
    throw new NootropicError('STORAGE_FAILED', `${message} in its place; open it again`, {
      details: { reason: 'replaced' },
    })
  }
}

const preparePrivateFile = async (path: string): Promise<void> => {
  await ensurePrivateDirectory(dirname(path))
  await createPrivateFile(path, Buffer.alloc(0))
  await verifyPrivateFile(path)
}

/** Opens a SQLite file, or a database in memory. */
export const openSqlite = async (location: string): Promise<Database> => {
  if (location !== ':memory:') await preparePrivateFile(location)
  const connection = await connect(location).catch((error: unknown) => {
    throw storageError(location, error)
  })
  const verifyInPlace = watchPlace(location)
  const dialect = new SqliteDialect({ database: connection })
  const writerFirst: Dialect = {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => new WriterFirstDriver(connection, verifyInPlace),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
  const guarded = guardDialect(writerFirst, location, checkParameter)
  const db = new Kysely<unknown>({ dialect: guarded.dialect })
  return {
    engine: 'sqlite',
    tables: <Tables>() => db as Kysely<Tables>,
    // Kysely does not lock SQLite while migrating: a transaction around it does, and makes it all or nothing.
    migrate: (owner, migrations) =>
      db.connection().execute(async (single) => {
        await sql`begin immediate`.execute(single)
        try {
          await migrateOwner(single, owner, migrations)
          await sql`commit`.execute(single)
        } catch (error) {
          await sql`rollback`.execute(single)
          throw error
        }
      }),
    close: async () => {
      await guarded.close()
      if (connection.open) connection.close() // Kysely closes only what it has used
    },
  }
}
