import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/storage/index.ts'

test('a database whose file is removed or replaced while it is open refuses every statement, and says what to do', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-replaced-file-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const location = join(directory, 'home', 'state.db')
  const database = await openDatabase(location)
  onTestFinished(() => database.close())
  const ask = () => sql`select 1`.execute(database.tables())
  await ask()
  copyFileSync(location, `${location}-copy`)
  renameSync(location, `${location}-old`)
  await expect(ask()).rejects.toMatchObject({ code: 'STORAGE_FAILED', details: { reason: 'replaced' } })
  await expect(ask()).rejects.toThrow('found nothing in its place; open it again')
  renameSync(`${location}-copy`, location)
  await expect(ask()).rejects.toThrow('found another file in its place; open it again')
  await expect(database.migrate('other', {})).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  renameSync(`${location}-old`, location)
  await ask()
})
