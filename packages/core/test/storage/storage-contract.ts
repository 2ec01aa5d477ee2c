import { afterEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/storage/index.ts'
import { startProcess } from './processes.ts'
import { type TestTables, testMigrations } from './tables.ts'

const program = new URL('database-process.ts', import.meta.url)
const failed = (details: Record<string, unknown>) =>
  expect.objectContaining({ code: 'STORAGE_FAILED', details: expect.objectContaining(details) })

/** What every engine must do alike. `newLocation` names an empty database for each test. */
export const storageContract = (newLocation: () => Promise<string>): void => {
  const opened: Database[] = []
  const open = async (location: string): Promise<Database> => {
    const database = await openDatabase(location)
    opened.push(database)
    return database
  }
  const openMigrated = async () => {
    const location = await newLocation()
    const database = await open(location)
    await database.migrate('test', testMigrations)
    return { location, database, tables: database.tables<TestTables>() }
  }
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close()
  })

  test('a second row under a unique key is refused, without its values in the error', async () => {
    const { tables } = await openMigrated()
    const insert = () => tables.insertInto('test_rows').values({ id: 471147, text: 'private', bytes: null }).execute()
    await insert()
    const error = await insert().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toEqual(failed({ violation: 'unique' }))
    expect(`${error} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toMatch(/471147|private/)
  })

  test('a row that refers to nothing is refused', async () => {
    const { tables } = await openMigrated()
    const insert = tables.insertInto('test_children').values({ id: 1, row: 5 }).execute()
    await expect(insert).rejects.toEqual(failed({ violation: 'foreign-key' }))
  })

  test('insert or nothing says which of the two it was', async () => {
    const { tables } = await openMigrated()
    const insert = (text: string) =>
      tables
        .insertInto('test_rows')
        .values({ id: 1, text, bytes: null })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .executeTakeFirst()
    expect(await insert('first')).toEqual({ id: 1 })
    expect(await insert('second')).toBeUndefined()
    expect(await tables.selectFrom('test_rows').select('text').execute()).toEqual([{ text: 'first' }])
  })

  test('a conditional upsert returns the new value, or nothing past its condition', async () => {
    const { tables } = await openMigrated()
    const use = (cost: number) =>
      tables
        .insertInto('test_counters')
        .values({ name: 'quota', used: cost })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet((row) => ({ used: row('test_counters.used', '+', cost) }))
            .where((row) => row(row('test_counters.used', '+', cost), '<=', 10)),
        )
        .returning('used')
        .executeTakeFirst()
    expect(await use(6)).toEqual({ used: 6 })
    expect(await use(5)).toBeUndefined()
    expect(await use(4)).toEqual({ used: 10 })
  })

  test('a transaction that throws leaves nothing', async () => {
    const { tables } = await openMigrated()
    const run = tables.transaction().execute(async (transaction) => {
      await transaction.insertInto('test_rows').values({ id: 1, text: 'a', bytes: null }).execute()
      throw new Error('stop')
    })
    await expect(run).rejects.toThrow('stop')
    expect(await tables.selectFrom('test_rows').selectAll().execute()).toEqual([])
  })

  test('an update returns the rows it changed', async () => {
    const { tables } = await openMigrated()
    await tables
      .insertInto('test_rows')
      .values([1, 2].map((id) => ({ id, text: 'a', bytes: null })))
      .execute()
    const update = tables.updateTable('test_rows').set({ text: 'b' }).where('id', '=', 2)
    expect(await update.returning(['id', 'text']).execute()).toEqual([{ id: 2, text: 'b' }])
    expect((await update.executeTakeFirst()).numUpdatedRows).toBe(1n)
  })

  test('values come back as they went in', async () => {
    const { tables } = await openMigrated()
    const rows = [
      { id: Number.MAX_SAFE_INTEGER, text: 'é\u{1f600}\n', bytes: Buffer.from([0, 1, 255]) },
      { id: -1, text: '', bytes: Buffer.alloc(0) },
    ]
    await tables.insertInto('test_rows').values(rows).execute()
    const read = await tables.selectFrom('test_rows').selectAll().orderBy('id', 'desc').execute()
    expect(read.map((row) => ({ ...row, bytes: Buffer.from(row.bytes as Uint8Array) }))).toEqual(rows)
    const { count } = await tables
      .selectFrom('test_rows')
      .select((row) => row.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(count).toBe(2)
  })

  test('a statement that cannot be is an error of storage', async () => {
    const { database } = await openMigrated()
    const select = database.tables<{ nowhere: { id: number } }>().selectFrom('nowhere').selectAll().execute()
    await expect(select).rejects.toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
    await expect(select).rejects.toThrow('nowhere')
  })

  test('a database that was closed refuses everything as an error of storage, and is closed once', async () => {
    const { database, tables } = await openMigrated()
    await Promise.all([database.close(), database.close()])
    const insert = tables.insertInto('test_rows').values({ id: 1, text: 'a', bytes: null })
    const closed = failed({ reason: 'closed' })
    await expect(insert.execute()).rejects.toEqual(closed)
    await expect(tables.transaction().execute((one) => one.selectFrom('test_rows').execute())).rejects.toEqual(closed)
    await expect(database.migrate('test', testMigrations)).rejects.toEqual(closed)
    const unused = await open(await newLocation())
    await unused.close()
    await expect(unused.migrate('test', testMigrations)).rejects.toEqual(closed)
  })

  test('migrations run once, each owner keeps its own record, and a newer database is refused', async () => {
    const { location, database } = await openMigrated()
    await database.migrate('test', testMigrations)
    await database.migrate('other', {})
    const { '0001-tables': first } = testMigrations
    const older = await open(location)
    const downgrade = older.migrate('test', { '0001-tables': first as NonNullable<typeof first> })
    await expect(downgrade).rejects.toThrow('newer version')
  })

  test('a migration that fails leaves nothing of itself or of those before it', async () => {
    const database = await open(await newLocation())
    const broken = { up: () => Promise.reject(new Error('broken')) }
    const migrate = database.migrate('test', { ...testMigrations, '0003-broken': broken })
    await expect(migrate).rejects.toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
    await expect(migrate).rejects.toThrow('broken')
    await database.migrate('test', testMigrations)
  })

  test('processes that migrate at once do it once', async () => {
    const location = await newLocation()
    await Promise.all([1, 2, 3].map(() => startProcess(program, ['migrate', location]).output))
    const database = await open(location)
    await database.migrate('test', testMigrations)
    expect(await database.tables<TestTables>().selectFrom('test_children').selectAll().execute()).toEqual([])
  })

  test('four processes count without losing one, and a limit holds for all together', async () => {
    const { location, tables } = await openMigrated()
    const outputs = await Promise.all([1, 2, 3, 4].map(() => startProcess(program, ['count', location, '40']).output))
    const counters = await tables.selectFrom('test_counters').selectAll().orderBy('name').execute()
    expect(counters).toEqual([
      { name: 'all', used: 160 },
      { name: 'limited', used: 100 },
    ])
    expect(outputs.map(Number).reduce((left, right) => left + right)).toBe(100)
  })

  test('what a killed process had committed is there', async () => {
    const { location, tables } = await openMigrated()
    const acknowledged: number[] = []
    for (let round = 0; round < 3; round += 1) {
      const { child, output } = startProcess(program, ['append', location, String(round * 1_000_000)])
      let lines = 0
      child.stdout?.on('data', (text: string) => {
        lines += text.split('\n').length - 1
        if (lines >= 15) child.kill('SIGKILL')
      })
      const complete = (await output).split('\n').slice(0, -1)
      expect(complete.length).toBeGreaterThanOrEqual(15)
      acknowledged.push(...complete.map(Number))
    }
    const rows = await tables.selectFrom('test_rows').select('id').orderBy('id').execute()
    const ids = new Set(rows.map((row) => row.id))
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([])
    // At most the row that each was writing when it was killed has no acknowledgement.
    expect(ids.size - acknowledged.length).toBeLessThanOrEqual(3)
  })
}
