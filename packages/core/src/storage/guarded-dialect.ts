import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryCompiler, QueryResult } from 'kysely'
import { NootropicError } from '../errors.ts'
import { storageError } from './storage-error.ts'

/** Throws for a parameter of a statement that the engine cannot take. */
export type CheckParameter = (value: unknown, index: number) => void

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly #place: string
  readonly #checkParameter: CheckParameter

  constructor(inner: DatabaseConnection, place: string, checkParameter: CheckParameter) {
    this.inner = inner
    this.#place = place
    this.#checkParameter = checkParameter
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    query.parameters.forEach(this.#checkParameter)
    try {
      return await this.inner.executeQuery<Row>(query)
    } catch (error) {
      throw storageError(this.#place, error)
    }
  }

  async *streamQuery<Row>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<Row>> {
    query.parameters.forEach(this.#checkParameter)
    try {
      yield* this.inner.streamQuery<Row>(query, chunkSize)
    } catch (error) {
      throw storageError(this.#place, error)
    }
  }
}

const guardDriver = (driver: Driver, place: string, checkParameter: CheckParameter): Driver => {
  const guard = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      return await call()
    } catch (error) {
      throw storageError(place, error)
    }
  }
  // Kysely gives back only connections that acquireConnection made.
  const inner = (connection: DatabaseConnection): DatabaseConnection => (connection as GuardedConnection).inner
  const savepoint =
    (method: 'savepoint' | 'rollbackToSavepoint' | 'releaseSavepoint') =>
    (connection: DatabaseConnection, name: string, compile: QueryCompiler['compileQuery']): Promise<void> =>
      guard(async () => driver[method]?.(inner(connection), name, compile))
  return {
    init: () => guard(() => driver.init()),
    acquireConnection: () =>
      guard(async () => new GuardedConnection(await driver.acquireConnection(), place, checkParameter)),
    beginTransaction: (connection, settings) => guard(() => driver.beginTransaction(inner(connection), settings)),
    commitTransaction: (connection) => guard(() => driver.commitTransaction(inner(connection))),
    rollbackTransaction: (connection) => guard(() => driver.rollbackTransaction(inner(connection))),
    savepoint: savepoint('savepoint'),
    rollbackToSavepoint: savepoint('rollbackToSavepoint'),
    releaseSavepoint: savepoint('releaseSavepoint'),
    releaseConnection: (connection) => driver.releaseConnection(inner(connection)),
    destroy: () => driver.destroy(),
  }
}

/** A dialect that is guarded, and what closes its driver. */
export interface GuardedDialect {
  readonly dialect: Dialect
  /**
   * Ends the connections, once. It stands in place of `Kysely.destroy`, after which Kysely throws errors of its own; after this
   * one every statement is refused as `STORAGE_FAILED`.
   */
  close(): Promise<void>
}

/** A dialect whose errors may be shown, and whose parameters are checked before the driver sees them. */
export const guardDialect = (dialect: Dialect, place: string, checkParameter: CheckParameter): GuardedDialect => {
  const driver = guardDriver(dialect.createDriver(), place, checkParameter)
  let closing: Promise<void> | undefined
  const acquireConnection = async (): Promise<DatabaseConnection> => {
    if (closing === undefined) return driver.acquireConnection()
    const message = `expected ${place} to be open, found that it was closed; open it again`
    throw new NootropicError('STORAGE_FAILED', message, { details: { reason: 'closed' } })
  }
  return {
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => ({ ...driver, acquireConnection }),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
    close: () => {
      closing ??= driver.destroy()
      return closing
    },
  }
}
