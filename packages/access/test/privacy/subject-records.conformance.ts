import { join } from 'node:path'
import { openDatabase } from '@nootropic/core/storage'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../../../../tools/testing/postgres.ts'
import { eraseTraces } from '../../src/privacy/subject-records.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { subjectRecordsContract } from './subject-records.contract.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

subjectRecordsContract(() => server.createDatabase())

// It waits for ten seconds, as every statement does.
test('while another program writes, the traces cannot be erased, and that is an error', async () => {
  const path = join(temporaryDirectory(), 'home', 'state.db')
  const database = await openDatabase(path)
  await database.tables<unknown>().schema.createTable('test_rows').addColumn('id', 'text').execute()
  const reader = (await openDatabase(path)).tables<{ test_rows: { id: string } }>()
  await reader.connection().execute(async (connection) => {
    await connection.transaction().execute(async () => {
      await expect(eraseTraces(database)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    })
  })
  await reader.destroy()
  expect(await eraseTraces(database)).toBe(true)
  await database.close()
})
