import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryCompiler, QueryResult } from 'kysely'
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

/** A dialect whose errors may be shown, and whose parameters are checked before the driver sees them. */
export const guardDialect = (dialect: Dialect, place: string, checkParameter: CheckParameter): Dialect => ({
  createAdapter: () => dialect.createAdapter(),
  createDriver: () => guardDriver(dialect.createDriver(), place, checkParameter),
  createIntrospector: (db) => dialect.createIntrospector(db),
  createQueryCompiler: () => dialect.createQueryCompiler(),
})
