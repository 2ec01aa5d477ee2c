import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/storage/index.ts'
import { startProcess } from './processes.ts'
import { storageContract } from './storage-contract.ts'
import { type TestTables, testMigrations } from './tables.ts'

const home = mkdtempSync(join(tmpdir(), 'nootropic-sqlite-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let databases = 0
const newLocation = async (): Promise<string> => {
  databases += 1
  return join(home, String(databases), 'state.db')
}
const unreadable = expect.objectContaining({ code: 'FILE_UNREADABLE' })

storageContract(newLocation)

test('transactions of several processes that read before they write run one after the other', async () => {
  const location = await newLocation()
  const database = await openDatabase(location)
  await database.migrate('test', testMigrations)
  const tables = database.tables<TestTables>()
  await tables.insertInto('test_counters').values({ name: 'account', used: 0 }).execute()
  const program = new URL('database-process.ts', import.meta.url)
  await Promise.all([1, 2, 3].map(() => startProcess(program, ['transfer', location, '30']).output))
  expect(await tables.selectFrom('test_counters').select('used').execute()).toEqual([{ used: 90 }])
  await database.close()
})

test('the file and what SQLite puts beside it are 0600 in a directory 0700', async () => {
  const location = await newLocation()
  const database = await openDatabase(location)
  await database.migrate('test', testMigrations)
  const directory = join(location, '..')
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(readdirSync(directory).sort()).toEqual(['state.db', 'state.db-shm', 'state.db-wal'])
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
  await database.close()
})

test('a file or directory that others can read, and a link, are refused', async () => {
  const location = await newLocation()
  await (await openDatabase(location)).close()
  chmodSync(location, 0o644)
  await expect(openDatabase(location)).rejects.toEqual(unreadable)
  chmodSync(location, 0o600)
  chmodSync(join(location, '..'), 0o755)
  await expect(openDatabase(location)).rejects.toEqual(unreadable)
  chmodSync(join(location, '..'), 0o700)
  symlinkSync(location, join(location, '..', 'link.db'))
  await expect(openDatabase(join(location, '..', 'link.db'))).rejects.toEqual(unreadable)
})

test('commits wait for the disk, readers do not wait for writers, and a lock is waited for', async () => {
  const database = await openDatabase(await newLocation())
  const pragma = async (name: string) => {
    const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(database.tables())
    return Object.values(rows[0] ?? {})[0]
  }
  expect(await pragma('synchronous')).toBe(2)
  expect(await pragma('journal_mode')).toBe('wal')
  expect(await pragma('busy_timeout')).toBe(10_000)
  expect(await pragma('foreign_keys')).toBe(1)
  expect(await pragma('trusted_schema')).toBe(0)
  expect(await pragma('secure_delete')).toBe(1)
  await database.close()
})

test('values that libsql cannot take are refused before they end the process', async () => {
  const database = await openDatabase(':memory:')
  for (const value of [true, new Date(0), {}, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 53n, -(2n ** 64n)]) {
    const select = sql`select ${value} as value`.execute(database.tables())
    await expect(select).rejects.toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
    await expect(select).rejects.toThrow('parameter 1')
  }
  const { rows } = await sql`select ${2n ** 53n - 1n} as value`.execute(database.tables())
  expect(rows).toEqual([{ value: Number.MAX_SAFE_INTEGER }])
  await database.close()
})

test('a database in memory works and leaves no file', async () => {
  const database = await openDatabase(':memory:')
  await database.migrate('test', testMigrations)
  await database.close()
})

test('a file that is no database is an error of storage', async () => {
  mkdirSync(join(home, 'other'), { mode: 0o700 })
  writeFileSync(join(home, 'other', 'state.db'), 'not a database, but long enough to be taken for one'.repeat(100), {
    mode: 0o600,
  })
  const open = openDatabase(join(home, 'other', 'state.db'))
  await expect(open).rejects.toEqual(expect.objectContaining({ code: 'STORAGE_FAILED' }))
  await expect(open).rejects.toThrow('not a database')
})

test('places that are neither a file nor PostgreSQL are refused, without being shown', async () => {
  // libsql would open some of these over the network.
  for (const location of ['', 'libsql://user:secret@host', 'https://secret', 'file:secret', 'mysql://u:secret@h/d']) {
    const open = openDatabase(location)
    await expect(open).rejects.toEqual(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
    await expect(open).rejects.not.toThrow('secret')
  }
})
