import type { Duplex } from 'node:stream'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { NootropicError } from '../errors.ts'
import type { Database } from './database.ts'
import { guardDialect } from './guarded-dialect.ts'
import { migrateOwner } from './migrate.ts'

const maximumConnections = 10
const connectTimeoutMs = 10_000
// Longer than any statement of ours waits for another. A server that was stopped, or a network that swallows what is sent, never
// answers at all.
const answerTimeoutMs = 30_000
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

/**
 * Gives a connection up when an answer does not come in time. The driver's own `query_timeout` would keep it: with half a
 * transaction on it, which whoever gets the connection next would go on with.
 */
const boundAnswers = (client: PoolClient): void => {
  const query = client.query.bind(client) as (...parameters: unknown[]) => Promise<unknown>
  client.query = (async (...parameters: unknown[]) => {
    const timer = setTimeout(() => {
      const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
      stream.destroy(new Error(`no answer within ${answerTimeoutMs / 1000} s`))
    }, answerTimeoutMs)
    try {
      return await query(...parameters)
    } finally {
      clearTimeout(timer)
    }
  }) as typeof client.query
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
  pool.on('connect', (client) => {
    // Nor must one that ends while it is in use: its statement is rejected.
    client.on('error', () => {})
    boundAnswers(client)
  })
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
  const guarded = guardDialect(dialect, place, () => {})
  const db = new Kysely<unknown>({ dialect: guarded.dialect })
  try {
    await sql`select 1`.execute(db)
  } catch (error) {
    await guarded.close()
    throw error
  }
  return {
    engine: 'postgres',
    tables: <Tables>() => db as Kysely<Tables>,
    migrate: (owner, migrations) => migrateOwner(db, owner, migrations),
    close: () => guarded.close(),
  }
}
