import { createManualClock } from '@nootropic/core'
import { type Database, openDatabase } from '@nootropic/core/storage'
import { afterEach, expect, test } from 'vitest'
import { openPolicyStore } from '../../src/authorisation/policy-store.ts'
import type { Quota } from '../../src/quotas/quota.ts'
import type { QuotaTables } from '../../src/quotas/quota-table.ts'
import { openQuotas, type QuotaAnswer, type Quotas } from '../../src/quotas/quotas.ts'
import { endReservation } from '../../src/quotas/release.ts'

export const ada = { type: 'user', id: 'ada', properties: { roles: ['analyst'] } }
const grace = { type: 'user', id: 'grace' }
const model = 'digits'
const perMinute: Quota = {
  id: 'per-minute',
  measure: 'requests',
  kind: 'window',
  limit: 10,
  windowSeconds: 60,
  per: ['subject'],
}
const flow: Quota = { id: 'flow', measure: 'requests', kind: 'rate', limit: 2, burst: 5, windowSeconds: 1, per: [] }
const tokens: Quota = {
  id: 'tokens',
  measure: 'tokens',
  kind: 'window',
  limit: 100,
  windowSeconds: 3600,
  per: ['subject', 'model'],
}

/** What every engine must do alike. `newLocation` names an empty database for each test. */
export const quotaContract = (newLocation: () => Promise<string>): void => {
  const opened: Database[] = []
  const stores: Quotas[] = []
  afterEach(async () => {
    for (const store of stores.splice(0)) store.close()
    for (const database of opened.splice(0)) await database.close()
  })
  const open = async (quotas: readonly Quota[], start = '2026-01-01T00:00:00Z') => {
    const database = await openDatabase(await newLocation())
    opened.push(database)
    const clock = createManualClock(start)
    const openAnother = async (more: readonly Quota[] = quotas) => {
      const store = await openQuotas({ database, quotas: more, clock, reservationSeconds: 30 })
      stores.push(store)
      return store
    }
    return { clock, database, openAnother, quotas: await openAnother() }
  }
  const take = (quotas: Quotas, cost = {}, subject: { type: string; id: string } = ada): Promise<QuotaAnswer> =>
    quotas.reserve({ subject, model, cost })
  const admitted = async (answer: Promise<QuotaAnswer>) => {
    const found = await answer
    if (!found.admitted) throw new Error(`expected it to be admitted, found ${JSON.stringify(found)}`)
    return found
  }

  test('a budget admits its limit and not one more, until its window ends', async () => {
    const { clock, quotas } = await open([perMinute], '2026-01-01T00:00:30Z')
    for (let count = 0; count < 10; count += 1) {
      const { states } = await admitted(take(quotas))
      expect(states).toEqual([
        { id: 'per-minute', measure: 'requests', limit: 10, windowSeconds: 60, remaining: 9 - count, resetSeconds: 30 },
      ])
    }
    expect(await take(quotas)).toMatchObject({ admitted: false, quota: 'per-minute', retryAfterSeconds: 30 })
    expect((await take(quotas, {}, grace)).admitted).toBe(true)
    clock.advance(29_999)
    expect(await take(quotas)).toMatchObject({ admitted: false, retryAfterSeconds: 1 })
    clock.advance(1)
    expect((await take(quotas)).admitted).toBe(true)
  })

  test('a cost beyond the limit, and a limit of 0, are refused on a fresh count and wait for nothing', async () => {
    const { quotas } = await open([perMinute, { ...flow, limit: 0 }])
    const refused = { admitted: false, retryAfterSeconds: undefined }
    expect(await take(quotas, { requests: 11 })).toMatchObject(refused)
    expect(await take(quotas)).toMatchObject({ ...refused, quota: 'flow' })
    expect(await take(quotas, { requests: 0 })).toMatchObject({ ...refused, quota: 'flow' })
    const states = await quotas.states(ada, model)
    expect(states.map(({ remaining }) => remaining)).toEqual([0, 10])
  })

  test('what one quota refuses is taken from none', async () => {
    const { quotas } = await open([perMinute, tokens])
    expect(await take(quotas, { requests: 3, tokens: 101 })).toMatchObject({ admitted: false, quota: 'tokens' })
    expect(await take(quotas, { requests: 11, tokens: 1 })).toMatchObject({ admitted: false, quota: 'per-minute' })
    expect((await quotas.states(ada, model)).map(({ remaining }) => remaining)).toEqual([10, 100])
  })

  test('settling replaces what was reserved by what was used, less or more', async () => {
    const { quotas } = await open([perMinute, tokens])
    const remaining = async () => (await quotas.states(ada, model)).map((state) => state.remaining)
    const first = await admitted(take(quotas, { tokens: 60 }))
    expect(await remaining()).toEqual([9, 40])
    await first.reservation.settle({ tokens: 25 })
    expect(await remaining()).toEqual([9, 75])
    await expect(first.reservation.settle({ tokens: 0 })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(first.reservation.release()).rejects.toMatchObject({ code: 'USAGE' })
    const second = await admitted(take(quotas, { tokens: 10 }))
    await second.reservation.settle({ tokens: 200 })
    expect(await remaining()).toEqual([8, 0])
    expect(await take(quotas, { tokens: 0 })).toMatchObject({ admitted: false, quota: 'tokens' })
    const third = await admitted(take(quotas, { tokens: 1 }, grace))
    await third.reservation.release()
    expect((await quotas.states(grace, model)).map((state) => state.remaining)).toEqual([10, 100])
  })

  test('a measure that a quota limits must have a cost; 0 is admitted while something is left', async () => {
    const { quotas } = await open([tokens])
    await expect(take(quotas)).rejects.toMatchObject({ code: 'USAGE' })
    await expect(take(quotas, { tokens: -1 })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(take(quotas, { tokens: Number.NaN })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(take(quotas, { tokens: 1.5 })).rejects.toMatchObject({ code: 'USAGE' })
    const { reservation } = await admitted(take(quotas, { tokens: 0 }))
    await reservation.settle({ tokens: 100 })
    expect((await take(quotas, { tokens: 0 })).admitted).toBe(false)
  })

  test('what a dead process holds is given back when it expires, what a living one holds is not', async () => {
    const { clock, quotas, openAnother } = await open([perMinute, flow])
    const other = await openAnother()
    await admitted(take(quotas, { requests: 2 })) // never settled: its process died
    const living = await admitted(take(other, { requests: 3 }))
    clock.advance(25_000)
    await other.renew()
    clock.advance(5_000)
    expect(await other.releaseExpired()).toBe(1)
    expect(await quotas.releaseExpired()).toBe(0)
    expect((await quotas.states(ada, model)).map(({ remaining }) => remaining)).toEqual([5, 7])
    await living.reservation.settle({ requests: 1 })
    expect((await quotas.states(ada, model))[1]?.remaining).toBe(9)
  })

  test('a reservation that was renewed after it was found to have expired is not ended', async () => {
    const { clock, database, quotas } = await open([perMinute])
    await admitted(take(quotas))
    const tables = database.tables<QuotaTables>()
    const { id } = await tables.selectFrom('access_quota_reservations').select('id').executeTakeFirstOrThrow()
    const end = (expiredAt?: number) => tables.transaction().execute((one) => endReservation(one, id, expiredAt))
    expect(await end(clock.now().getTime() + 29_999)).toBeUndefined()
    expect(await end()).toHaveLength(1)
    expect(await end()).toBeUndefined()
  })

  test('what the dead hold does not refuse the living once it has expired', async () => {
    const { clock, quotas } = await open([{ ...perMinute, windowSeconds: 3600 }])
    await admitted(take(quotas, { requests: 10 }))
    expect((await take(quotas)).admitted).toBe(false)
    clock.advance(30_000)
    expect((await take(quotas, { requests: 10 })).admitted).toBe(true)
    expect((await take(quotas)).admitted).toBe(false)
  })

  test('a reservation that is settled after it expired is counted all the same', async () => {
    const { clock, quotas, openAnother } = await open([{ ...perMinute, windowSeconds: 3600 }])
    const other = await openAnother()
    const { reservation } = await admitted(take(quotas, { requests: 4 }))
    clock.advance(30_000)
    await other.releaseExpired()
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(10)
    await reservation.settle({})
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(6)
  })

  test('a rate gives its burst at once and then its flow; giving back never adds to what has flowed', async () => {
    const { clock, quotas } = await open([flow])
    const first = await admitted(take(quotas, { requests: 5 }))
    expect(await take(quotas)).toMatchObject({ admitted: false, retryAfterSeconds: 1 })
    clock.advance(499)
    expect((await take(quotas)).admitted).toBe(false)
    clock.advance(1)
    await (await admitted(take(quotas))).reservation.settle({})
    expect((await take(quotas)).admitted).toBe(false)
    // 1 of the 5 has flowed off, so 4 are left to give back; the 1 of the second stays.
    await first.reservation.release()
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(4)
    clock.advance(60_000)
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(5)
  })

  test('a rate that was overrun flows off and admits again', async () => {
    const { clock, quotas } = await open([flow])
    const { reservation } = await admitted(take(quotas))
    await reservation.settle({ requests: 105 })
    clock.advance(49_000)
    expect((await take(quotas)).admitted).toBe(false)
    clock.advance(4_000)
    expect((await take(quotas)).admitted).toBe(true)
  })

  test('a clock that steps back or far ahead gives nothing twice', async () => {
    const { clock, quotas } = await open([flow, perMinute], '2026-01-01T00:00:10Z')
    await (await admitted(take(quotas, { requests: 5 }))).reservation.settle({})
    clock.advance(-3_600_000)
    expect(await take(quotas)).toMatchObject({ admitted: false, quota: 'flow' })
    expect((await quotas.states(ada, model))[0]).toMatchObject({ remaining: 0, resetSeconds: 3 })
    clock.advance(3_600_000)
    expect(await take(quotas)).toMatchObject({ admitted: false, quota: 'flow' })
    await quotas.releaseExpired()
    clock.advance(61_000)
    await quotas.releaseExpired()
    clock.advance(-61_000)
    expect((await quotas.states(ada, model))[1]?.remaining).toBe(5)
    clock.advance(40 * 365 * 86_400_000)
    expect((await take(quotas, { requests: 5 })).admitted).toBe(true)
    expect((await take(quotas)).admitted).toBe(false)
  })

  test('subjects, models and roles are counted apart as the quota says', async () => {
    const { quotas } = await open([
      { ...perMinute, id: 'analysts', limit: 1, per: [], subject: { role: 'analyst' } },
      { ...perMinute, id: 'digits-each', limit: 2, per: ['subject'], model },
    ])
    expect((await take(quotas)).admitted).toBe(true)
    expect(await take(quotas)).toMatchObject({ admitted: false, quota: 'analysts' })
    expect((await quotas.states(grace, model)).map(({ id }) => id)).toEqual(['digits-each'])
    expect((await quotas.states(grace, 'other')).map(({ id }) => id)).toEqual([])
    expect(await quotas.reserve({ subject: grace, model: 'other', cost: {} })).toMatchObject({
      admitted: true,
      states: [],
    })
    const forged = { ...grace, properties: { roles: 'analyst' } }
    expect((await quotas.states(forged, 'other')).map(({ id }) => id)).toEqual(['analysts'])
  })

  test('a quota for a role holds for those who have it by a group or by inheritance, as published at that moment', async () => {
    const { clock, database } = await open([])
    const policy = await openPolicyStore({ database })
    const byRole = { ...perMinute, limit: 1, subject: { role: 'reader' } }
    const quotas = await openQuotas({
      database,
      clock,
      quotas: [
        { ...byRole, id: 'readers' },
        { ...byRole, id: 'writers', subject: { role: 'writer' } },
      ],
      rolesOf: async (subject) => (await policy.currentIndex()).rolesOf(subject),
    })
    stores.push(quotas)
    const ids = async (subject: typeof grace) => (await quotas.states(subject, model)).map(({ id }) => id)
    expect(await ids(grace)).toEqual([])
    const directory = {
      groups: [
        { name: 'night-shift', in: ['ward'], members: [grace] },
        { name: 'ward', roles: ['nurse'] },
      ],
      roles: [{ name: 'nurse', inherits: ['reader'] }],
    }
    await policy.publish({ rules: [], directory, expectedVersion: 0, author: 'ada' })
    expect(await ids(grace)).toEqual(['readers'])
    const withGroup = { ...ada, properties: { groups: ['ward'], roles: ['writer'] } }
    expect(await ids(withGroup)).toEqual(['readers', 'writers'])
    expect(await ids(ada)).toEqual([])
    const answers = await Promise.all([take(quotas, {}, grace), take(quotas, {}, grace), take(quotas, {}, ada)])
    expect(answers.map((answer) => answer.admitted).toSorted()).toEqual([false, true, true])
    expect(await take(quotas, {}, grace)).toMatchObject({ admitted: false, quota: 'readers' })
    await database.tables().schema.alterTable('accessrules_policies').renameTo('accessrules_away').execute()
    for (const asked of [take(quotas, {}, grace), quotas.states(grace, model)]) {
      await expect(asked).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    }
  })

  test('compute is counted in milliseconds and rounded against the caller', async () => {
    const { quotas } = await open([{ ...perMinute, measure: 'compute-seconds', limit: 2 }])
    const { reservation } = await admitted(take(quotas, { 'compute-seconds': 1.9991 }))
    expect((await take(quotas, { 'compute-seconds': 0.0001 })).admitted).toBe(false)
    await reservation.settle({ 'compute-seconds': 0.5 })
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(1)
  })

  test('erasing a subject removes its rows and no other', async () => {
    const { database, quotas } = await open([perMinute, { ...perMinute, id: 'all', per: [] }])
    await admitted(take(quotas, { requests: 3 }))
    await admitted(take(quotas, { requests: 2 }, grace))
    await quotas.erase(ada)
    expect((await quotas.states(ada, model)).map(({ remaining }) => remaining)).toEqual([5, 10])
    expect((await quotas.states(grace, model)).map(({ remaining }) => remaining)).toEqual([5, 8])
    const rows = await database
      .tables<{ access_quota_reservations: { subject: string } }>()
      .selectFrom('access_quota_reservations')
      .select('subject')
      .execute()
    expect(rows).toEqual([{ subject: '["user","grace"]' }])
  })

  test('without a clock it is that of the store', async () => {
    const database = await openDatabase(await newLocation())
    opened.push(database)
    const quotas = await openQuotas({ database, quotas: [{ ...perMinute, windowSeconds: 86_400 }] })
    stores.push(quotas)
    const { states } = await admitted(take(quotas))
    const left = 86_400 - ((Date.now() / 1000) % 86_400)
    expect(Math.abs((states[0]?.resetSeconds ?? 0) - left)).toBeLessThan(60)
  })

  test('a store that fails refuses with its own error, and nothing was taken', async () => {
    const { database, quotas } = await open([perMinute])
    const { reservation } = await admitted(take(quotas, { requests: 4 }))
    const rename = (from: string, to: string) => database.tables().schema.alterTable(from).renameTo(to).execute()
    await rename('access_quota_holds', 'access_quota_away')
    const failed = { code: 'STORAGE_FAILED' }
    await expect(take(quotas)).rejects.toMatchObject(failed)
    await expect(reservation.settle({ requests: 1 })).rejects.toMatchObject(failed)
    await rename('access_quota_away', 'access_quota_holds')
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(6)
    await reservation.settle({ requests: 1 }) // it is still held: it may be tried again
    expect((await quotas.states(ada, model))[0]?.remaining).toBe(9)
  })
}
