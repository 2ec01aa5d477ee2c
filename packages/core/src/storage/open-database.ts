import { NootropicError } from '../errors.ts'
import type { Database } from './database.ts'

/**
 * Opens the database at `location`: a file path (SQLite: WAL, every commit on disk before it returns), `:memory:`, or
 * `postgres://…` (needs the package `pg`). The file is made 0600 in a directory 0700. Open a file once in a process:
 * SQLite waits for another process's lock, but two connections of one process block each other until they time out.
 *
 * @throws NootropicError `STORAGE_FAILED`, `FILE_UNREADABLE`, `PEER_DEPENDENCY_MISSING` or `CONFIGURATION_INVALID`. No
 * error of a database carries its credentials or the values of a row.
 * @example
 * ```ts
 * const database = await openDatabase('/home/me/.nootropic/state.db')
 * await database.migrate('example', {
 *   '0001-notes': { up: (db) => db.schema.createTable('example_notes').addColumn('text', 'text').execute() },
 * })
 * await database.tables<{ example_notes: { text: string } }>().insertInto('example_notes').values({ text: 'a' }).execute()
 * ```
 */
export const openDatabase = async (location: string): Promise<Database> => {
  // The engines are imported when they are used: whoever wants this entry's files only does not load them.
  if (/^postgres(ql)?:\/\//.test(location)) return (await import('./postgres.ts')).openPostgres(location)
  if (location === '' || /^[a-z][a-z0-9+.-]+:/i.test(location)) {
    const scheme = location.slice(0, location.indexOf(':') + 1)
    const expected = 'expected a file path, ":memory:" or postgres://… as the database'
    throw new NootropicError('CONFIGURATION_INVALID', `${expected}, got ${scheme === '' ? 'nothing' : `${scheme}…`}`)
  }
  return (await import('./sqlite.ts')).openSqlite(location)
}
