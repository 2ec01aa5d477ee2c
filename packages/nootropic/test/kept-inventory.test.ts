import { join } from 'node:path'
import { openDatabase } from '@nootropic/core/storage'
import { expect, test } from 'vitest'
import { openNootropic } from '../src/index.ts'
import { readInventory } from '../src/people/kept-inventory.ts'
import { allOn, openHome, temporaryHome } from './support/people-home.ts'

const ada = { type: 'user', id: 'ada' }

test('whatever table an installation has, the inventory names it', async () => {
  const home = temporaryHome()
  const nootropic = await openNootropic({ home, isolation: 'none', alertIntervalSeconds: 0 })
  await nootropic.close()
  const database = await openDatabase(join(home, 'state.db'))
  const tables = database.tables<{ sqlite_master: { type: string; name: string } }>()
  const rows = await tables.selectFrom('sqlite_master').select('name').where('type', '=', 'table').execute()
  const inventory = await readInventory({ database, audit: { tail: async () => [] }, settings: allOn })
  const named = inventory.filter(({ kind }) => kind !== 'unknown').flatMap(({ where }) => where)
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.map(({ name }) => `database: ${name}`).filter((name) => !named.includes(name))).toEqual([])
  await database.close()
})

test('a table that nobody knows is listed as unknown', async () => {
  const { data, database } = await openHome(temporaryHome())
  await database.tables<unknown>().schema.createTable('access_secret_diary').addColumn('text', 'text').execute()
  expect((await data.kept()).filter(({ kind }) => kind === 'unknown')).toMatchObject([
    { where: ['database: access_secret_diary'], count: 0 },
  ])
})

test('the inventory counts what is there, and says how it is protected and until when', async () => {
  const { apiKeys, audit, data, database } = await openHome(temporaryHome(), {
    settings: { retentionMs: 30 * 86_400_000 },
  })
  await apiKeys.create({ subject: ada, roles: [], expiresAt: new Date(Date.now() + 60_000) })
  await audit.append({ category: 'access', actor: 'user:ada', action: 'x', resource: 'model:y', outcome: 'allowed' })
  const kept = await data.kept()
  const thing = (kind: string) => kept.find((one) => one.kind === kind)
  expect(thing('API keys')).toMatchObject({ count: 1, protection: 'hashed', until: '30 days after it ended' })
  expect(thing('audit entries')).toMatchObject({ count: 2, protection: 'encrypted' })
  expect(thing('pseudonyms')).toMatchObject({ count: 1, protection: 'encrypted' })
  expect(thing('inputs and outputs of models')).toMatchObject({ count: 0, protection: 'not stored', where: [] })
  const open = await readInventory({ database, audit, settings: { ...allOn, isSealed: false } })
  expect(open.find(({ kind }) => kind === 'audit entries')).toMatchObject({
    protection: 'clear',
    until: 'as long as the log',
  })
  for (const { because, until } of kept) expect(Math.min(because.length, until.length)).toBeGreaterThan(5)
})
