import { expect, test } from 'vitest'
import type { Quota } from '../../src/quotas/quota.ts'
import type { QuotaTables } from '../../src/quotas/quota-table.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'
import { usePostgresDatabase } from '../support/postgres-database.ts'

const store = usePostgresDatabase()

const longestWaitMs = 60_000
const ada = { type: 'user', id: 'ada' }
const daily: Omit<Quota, 'id'> = {
  measure: 'requests',
  kind: 'window',
  limit: 9,
  windowSeconds: 86_400,
  per: ['subject'],
}

const waiting = async (): Promise<number> => {
  const tables = store.database.tables<{ pg_locks: { granted: boolean } }>()
  return (await tables.selectFrom('pg_locks').select('granted').where('granted', '=', false).execute()).length
}

test('a subject is erased while its requests are settled and made: neither shuts the other out', async () => {
  const quotas = await openQuotas({
    database: store.database,
    quotas: ['a', 'b', 'c', 'd'].map((id) => ({ ...daily, id })),
  })
  const tables = store.database.tables<QuotaTables>()
  const request = { subject: ada, model: 'digits', cost: {} }
  await quotas.reserve(request)
  const { id } = await tables.selectFrom('access_quota_reservations').select('id').executeTakeFirstOrThrow()
  let erasing: Promise<void> | undefined
  // A settlement in another process, in its order: the reservation, what it holds, then the counters by their keys.
  await tables.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('access_quota_reservations').where('id', '=', id).execute()
    erasing = quotas.erase(ada)
    erasing.catch(() => {})
    await expect.poll(waiting, { timeout: longestWaitMs }).toBe(1)
    await transaction.deleteFrom('access_quota_holds').where('reservation', '=', id).execute()
    const counters = transaction.selectFrom('access_quota_counters').select('counter').orderBy('counter', 'desc')
    for (const { counter } of (await counters.execute()).reverse()) {
      await transaction.updateTable('access_quota_counters').set({ used: 0 }).where('counter', '=', counter).execute()
    }
  })
  await erasing
  quotas.close()
  expect(await tables.selectFrom('access_quota_counters').selectAll().execute()).toEqual([])
})
