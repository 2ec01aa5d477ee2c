import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@nootropic/core/storage'
import { expect, test } from 'vitest'
import { eraseTraces } from '../../src/privacy/subject-records.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { subjectRecordsContract } from './subject-records.contract.ts'

subjectRecordsContract(async () => join(temporaryDirectory(), 'state.db'))

test('nothing of what was deleted is in the files once the traces are erased, at any size of the table', async () => {
  const directory = join(temporaryDirectory(), 'home')
  const database = await openDatabase(join(directory, 'state.db'))
  await database.migrate('test', {
    '0001-rows': {
      up: (db) => db.schema.createTable('test_rows').addColumn('id', 'text').addColumn('text', 'text').execute(),
    },
  })
  const tables = database.tables<{ test_rows: { id: string; text: string } }>()
  const insert = (name: string, from: number) =>
    tables
      .insertInto('test_rows')
      .values(
        Array.from({ length: 100 }, (_, index) => ({
          id: `${name} ${from + index}`,
          text: 'x'.repeat((from + index) % 300),
        })),
      )
      .execute()
  for (let from = 0; from < 1000; from += 100) for (const name of ['grace', 'ada']) await insert(name, from)
  await tables.updateTable('test_rows').set({ text: 'short' }).where('id', 'like', 'ada 1%').execute()
  await tables.deleteFrom('test_rows').where('id', 'like', 'ada %').execute()
  expect(await eraseTraces(database)).toBe(true)
  expect((await tables.selectFrom('test_rows').selectAll().execute()).length).toBe(1000)
  await database.close()
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)))
  expect(files.some((bytes) => bytes.includes('grace 1'))).toBe(true)
  expect(files.some((bytes) => bytes.includes('ada '))).toBe(false)
})
