import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../tools/testing/postgres.ts'
import { openDatabase } from '../../src/storage/index.ts'
import { storageContract } from './storage-contract.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

storageContract(() => server.createDatabase())

test('commits wait for the disk even where the database is set not to', async () => {
  const location = await server.createDatabase()
  const first = await openDatabase(location)
  await sql`do $$ begin
    execute format('alter database %I set synchronous_commit = off', current_database());
  end $$`.execute(first.tables())
  await first.close()
  const second = await openDatabase(location)
  const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(second.tables())
  expect(rows).toEqual([{ synchronous_commit: 'on' }])
  await second.close()
})

test('an error does not repeat a value that did not fit', async () => {
  const database = await openDatabase(await server.createDatabase())
  const cast = sql`select cast(${'hunter2'} as integer)`.execute(database.tables())
  await expect(cast).rejects.toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
  await expect(cast).rejects.not.toThrow('hunter2')
  await database.close()
})

test('a whole number beyond 2^53 is an error, not another number', async () => {
  const database = await openDatabase(await server.createDatabase())
  await expect(sql`select 9007199254740993::bigint`.execute(database.tables())).rejects.toThrow('2^53')
  await database.close()
})
