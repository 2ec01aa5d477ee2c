import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ApiKeyTables } from '../../src/credentials/api-key-table.ts'
import { openApiKeys } from '../../src/credentials/api-keys.ts'
import { usePostgresDatabase } from '../support/postgres-database.ts'

const store = usePostgresDatabase()

const minute = 60_000

test('all keys of a subject end, the successor too that is made at that moment', async () => {
  const keys = await openApiKeys({ database: store.database, pepper: createSecretKey(randomBytes(32)) })
  const subject = { type: 'user', id: 'ada' }
  const expiresAt = new Date(Date.now() + minute)
  const { id, secret } = await keys.create({ subject, roles: [], expiresAt })
  const other = await keys.create({ subject: { type: 'user', id: 'bob' }, roles: [], expiresAt })
  let ending: Promise<number> | undefined
  // A rotation in another process: its row is locked when everything is to end.
  await store.database
    .tables<ApiKeyTables>()
    .transaction()
    .execute(async (transaction) => {
      const marked = transaction.updateTable('access_api_keys').set({ successor_id: id }).where('id', '=', id)
      const old = await marked.returningAll().executeTakeFirstOrThrow()
      ending = keys.revokeAll(subject)
      await expect.poll(async () => waiting(), { timeout: minute }).toBe(1)
      await transaction
        .insertInto('access_api_keys')
        .values({ ...old, id: 'successor', successor_id: null })
        .execute()
    })
  await ending
  const alive = (await keys.list()).filter(({ revokedAt }) => revokedAt === undefined)
  expect(alive.map((key) => key.id)).toEqual([other.id])
  await expect(keys.authenticate(secret)).rejects.toMatchObject({ code: 'CREDENTIAL_INVALID' })
})

const waiting = async (): Promise<number> => {
  const rows = await store.database
    .tables<{ pg_locks: { granted: boolean } }>()
    .selectFrom('pg_locks')
    .select('granted')
    .where('granted', '=', false)
    .execute()
  return rows.length
}
