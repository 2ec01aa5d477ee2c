import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Pool } from 'pg'
import { NootropicError } from '../errors.ts'
import type { Database } from './database.ts'
import { guardDialect } from './guarded-dialect.ts'
import { migrateOwner } from './migrate.ts'

const maximumConnections = 10
const connectTimeoutMs = 10_000
const bigintType = 20

// Without user, password and parameters.
const placeOf = (location: string): string => {
  try {
    // libpq takes a user without a host (the socket is a parameter then); a URL does not.
    const { host, pathname } = new URL(location.replace('@/', '@localhost/'))
    return `postgres://${host}${pathname}`
  } catch {
    throw new NootropicError('CONFIGURATION_INVALID', 'expected postgres://user@host:port/name, got what is not a URL')
  }
}

/** Loads the driver, which the host installs when it uses PostgreSQL. */
export const loadDriver = async (
  load: () => Promise<typeof import('pg')> = () => import('pg'),
): Promise<typeof import('pg')> => {
  try {
    return await load()
  } catch (cause) {
    const message = 'expected the package pg, which a postgres:// database needs, found none; run: npm install pg'
    throw new NootropicError('PEER_DEPENDENCY_MISSING', message, { cause })
  }
}

const parseBigint = (text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new NootropicError('STORAGE_FAILED', 'expected a whole number up to 2^53 - 1 in a column, found a larger one')
}

const createPool = async (location: string): Promise<Pool> => {
  const { Pool, TypeOverrides } = await loadDriver()
  const types = new TypeOverrides()
  types.setTypeParser(bigintType, parseBigint)
  const pool = new Pool({
    connectionString: location,
    max: maximumConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'nootropic',
    types,
  })
  // A server that ends an idle connection must not end this process; the next query opens another.
  pool.on('error', () => {})
  return pool
}

/** Opens a PostgreSQL database. */
export const openPostgres = async (location: string): Promise<Database> => {
  const place = placeOf(location)
  const dialect = new PostgresDialect({
    pool: await createPool(location),
    onCreateConnection: async (connection) => {
      // A role or server may answer a commit before it is on disk; stricter settings stay as they are.
      const statement =
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'"
      await connection.executeQuery(sql.raw(statement).compile(db))
    },
  })
  const db = new Kysely<unknown>({ dialect: guardDialect(dialect, place, () => {}) })
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return {
    engine: 'postgres',
    tables: <Tables>() => db as Kysely<Tables>,
    migrate: (owner, migrations) => migrateOwner(db, owner, migrations),
    close: () => db.destroy(),
  }
}
