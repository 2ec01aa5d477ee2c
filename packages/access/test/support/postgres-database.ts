import { type Database, openDatabase } from '@nootropic/core/storage'
import { afterAll, beforeAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../tools/testing/postgres.ts'

/** A database of a PostgreSQL server that runs as long as the tests of a file. */
export const usePostgresDatabase = (): { readonly database: Database } => {
  let server: TestPostgres
  let database: Database
  beforeAll(async () => {
    server = await startPostgres()
    database = await openDatabase(await server.createDatabase())
  })
  afterAll(async () => {
    await database.close()
    await server.stop()
  })
  return {
    get database() {
      return database
    },
  }
}
