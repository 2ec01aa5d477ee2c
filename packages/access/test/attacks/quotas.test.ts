import { createManualClock } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import type { Quota } from '../../src/quotas/quota.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'

const tokens: Quota = {
  id: 'q',
  measure: 'tokens',
  kind: 'window',
  limit: 100,
  windowSeconds: 60,
  per: ['subject', 'model'],
}
const ada = { type: 'user', id: 'ada' }

const open = async (quotas: readonly Quota[] = [tokens]) => {
  const database = await openDatabase(':memory:')
  const clock = createManualClock('2026-01-01T00:00:30Z')
  const store = await openQuotas({ database, quotas, clock })
  onTestFinished(async () => {
    store.close()
    await database.close()
  })
  return { store, clock }
}

test('no cost and no settlement takes less than it uses: negative, no number, a fraction, too large, of another form', async () => {
  const { store } = await open()
  const wrong = [-1, -0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 0.5, '5', [5], null, 2 ** 53]
  for (const cost of wrong) {
    const request = { subject: ada, model: 'digits', cost: { tokens: cost as number } }
    await expect(store.reserve(request)).rejects.toMatchObject({ code: 'USAGE' })
  }
  const answer = await store.reserve({ subject: ada, model: 'digits', cost: { tokens: 60 } })
  if (!answer.admitted) throw new Error('expected an admission')
  for (const used of wrong) {
    await expect(answer.reservation.settle({ tokens: used as number })).rejects.toMatchObject({ code: 'USAGE' })
  }
  expect((await store.states(ada, 'digits'))[0]?.remaining).toBe(40)
  await answer.reservation.settle({ tokens: 10 })
  await expect(answer.reservation.release()).rejects.toMatchObject({ code: 'USAGE' })
  expect((await store.states(ada, 'digits'))[0]?.remaining).toBe(90)
})

test('no name of a subject or a model is counted as another, and none is counted as nobody', async () => {
  const { store } = await open()
  const names = [
    '',
    'a',
    '","',
    'a","b',
    '["a"]',
    '__proto__',
    'null',
    '\u0000',
    '\ud800',
    '\ud801',
    'e\u0301',
    '\u00e9',
  ]
  const pairs = names.flatMap((type) => names.map((id) => ({ type, id, model: `${id}${type}` })))
  for (const { type, id, model } of pairs) {
    for (const admitted of [true, false]) {
      const answer = await store.reserve({ subject: { type, id }, model, cost: { tokens: 60 } })
      expect([type, id, answer.admitted]).toEqual([type, id, admitted])
    }
  }
})

test('a clock that steps back or ahead gives no second budget for a window', async () => {
  const { store, clock } = await open()
  const take = async () => (await store.reserve({ subject: ada, model: 'digits', cost: { tokens: 100 } })).admitted
  expect(await take()).toBe(true)
  for (const step of [-25_000, 20_000, -10_000]) {
    clock.advance(step)
    expect(await take()).toBe(false)
  }
  clock.advance(60_000)
  expect(await take()).toBe(true)
  await store.releaseExpired()
  clock.advance(-60_000)
  await store.releaseExpired()
  expect(await take()).toBe(false)
})

test('a limit on a role of the owner holds for a credential that was made without the role', async () => {
  const { store } = await open([{ ...tokens, per: ['subject'], subject: { role: 'trial' } }])
  const take = async (properties: Record<string, string[]>) => {
    const request = { subject: { ...ada, properties }, model: 'digits', cost: { tokens: 60 } }
    return (await store.reserve(request)).admitted
  }
  expect(await take({ roles: [], ownerRoles: ['trial'] })).toBe(true)
  expect(await take({ roles: [], ownerRoles: ['trial'] })).toBe(false)
  expect(await take({ roles: ['trial'] })).toBe(false)
  expect(await take({ roles: [] })).toBe(true)
})
