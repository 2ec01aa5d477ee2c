import { createManualClock, createSeededRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import { expect, onTestFinished, test } from 'vitest'
import type { Quota } from '../../src/quotas/quota.ts'
import { openQuotas } from '../../src/quotas/quotas.ts'
import { rateLimitFields } from '../../src/quotas/rate-limit-fields.ts'
import { ada, quotaContract } from './quota-contract.ts'

quotaContract(async () => ':memory:')

const open = async (quotas: readonly Quota[], start: string) => {
  const database = await openDatabase(':memory:')
  const clock = createManualClock(start)
  const store = await openQuotas({ database, quotas, clock })
  onTestFinished(async () => {
    store.close()
    await database.close()
  })
  return { clock, store }
}

test('quotas that cannot work are refused', async () => {
  const quota: Quota = { id: 'q', measure: 'requests', kind: 'window', limit: 1, windowSeconds: 1, per: [] }
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const wrong: unknown[] = [
    { ...quota, id: 'a"b' },
    { ...quota, limit: -1 },
    { ...quota, limit: 0.5 },
    { ...quota, windowSeconds: 0 },
    { ...quota, burst: 2 },
    { ...quota, kind: 'rate', measure: 'bytes', limit: 1e12, windowSeconds: 86_400 },
    { ...quota, unknown: 1 },
  ]
  for (const one of wrong) {
    await expect(openQuotas({ database, quotas: [one as Quota] })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
    })
  }
  await expect(openQuotas({ database, quotas: [quota, quota] })).rejects.toThrow('each quota id once')
  await expect(openQuotas({ database, quotas: [], reservationSeconds: Number.NaN })).rejects.toThrow('from 1 to 86400')
})

test('roles are asked for where a quota for a role limits the model, and who cannot be told has them all', async () => {
  const quota: Quota = { id: 'all', measure: 'requests', kind: 'window', limit: 9, windowSeconds: 1, per: [] }
  const database = await openDatabase(':memory:')
  onTestFinished(() => database.close())
  const byRole = (role: string): Quota => ({ ...quota, id: role, subject: { role }, model: 'digits' })
  const one: Quota = { ...quota, id: 'ada', subject: { type: 'user', id: 'ada' } }
  let asked = 0
  let answer: unknown = []
  const rolesOf = async (): Promise<never> => {
    asked += 1
    if (answer instanceof Error) throw answer
    return answer as never
  }
  const quotas = [quota, one, byRole('analyst'), byRole('administrator')]
  const store = await openQuotas({ database, quotas, rolesOf })
  onTestFinished(() => store.close())
  const ids = async (model: string, subject: Parameters<typeof store.states>[0] = ada): Promise<string> =>
    (await store.states(subject, model)).map(({ id }) => id).join()
  expect(await ids('faces')).toBe('ada,all')
  await store.reserve({ subject: ada, model: 'faces', cost: {} })
  const unreadable = { ...ada, properties: { roles: 'none' } }
  expect(await ids('digits', unreadable)).toBe('ada,administrator,all,analyst')
  expect(asked).toBe(0)
  expect(await ids('digits')).toBe('ada,all,analyst')
  answer = ['administrator']
  expect(await ids('digits')).toBe('ada,administrator,all,analyst')
  for (const none of [undefined, null, 'analysts']) {
    answer = none
    expect(await ids('digits', { type: 'user', id: 'eve' }), String(none)).toBe('administrator,all,analyst')
  }
  answer = new Error('no directory')
  await expect(store.reserve({ subject: ada, model: 'digits', cost: {} })).rejects.toThrow('no directory')
  await expect(ids('digits')).rejects.toThrow('no directory')
  expect(await ids('faces')).toBe('ada,all')
})

test('a rate decides as the virtual scheduling of GCRA does, on 1,600 seeded requests', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const random = createSeededRandom(seed)
    const limit = 1 + random.integer(7)
    const burst = 1 + random.integer(9)
    const windowSeconds = 1 + random.integer(3)
    const quota: Quota = { id: 'rate', measure: 'requests', kind: 'rate', limit, burst, windowSeconds, per: [] }
    const { clock, store } = await open([quota], '2026-01-01T00:00:00Z')
    // Times in units of 1/limit milliseconds, so that the emission interval is a whole number.
    const interval = windowSeconds * 1000
    let arrival = 0
    let now = 0
    for (let count = 0; count < 400; count += 1) {
      const step =
        random.integer(3) === 0 ? random.integer((interval / limit) * 2) : random.integer(interval / limit / 3)
      clock.advance(step)
      now += step
      const cost = 1 + random.integer(2)
      const next = Math.max(arrival, now * limit) + cost * interval
      const expected = next - now * limit <= burst * interval
      const answer = await store.reserve({ subject: ada, model: 'm', cost: { requests: cost } })
      expect(answer.admitted, `seed ${seed} request ${count}`).toBe(expected)
      if (expected) arrival = next
    }
  }
})

test('releases and settlements of a rate never let more pass than its burst and its flow', async () => {
  for (const seed of [11, 12, 13]) {
    const random = createSeededRandom(seed)
    const quota: Quota = { id: 'r', measure: 'tokens', kind: 'rate', limit: 5, burst: 20, windowSeconds: 1, per: [] }
    const { clock, store } = await open([quota], '2026-01-01T00:00:00Z')
    // What was really used, each at the moment it was reserved: it must fit a bucket of its own.
    const uses: { at: number; used: number }[] = []
    const pending: { at: number; cost: number; settle: (used: number) => Promise<void> }[] = []
    let now = 0
    for (let count = 0; count < 250; count += 1) {
      const step = random.integer(400)
      clock.advance(step)
      now += step
      const cost = 1 + random.integer(8)
      const answer = await store.reserve({ subject: ada, model: 'm', cost: { tokens: cost } })
      if (answer.admitted) {
        const { reservation } = answer
        pending.push({ at: now, cost, settle: (used) => reservation.settle({ tokens: used }) })
      }
      if (pending.length > 0 && random.integer(2) === 0) {
        const [one] = pending.splice(random.integer(pending.length), 1)
        const used = random.integer((one?.cost ?? 0) + 1)
        await one?.settle(used)
        uses.push({ at: one?.at ?? 0, used })
      }
    }
    uses.push(...pending.map(({ at, cost }) => ({ at, used: cost })))
    uses.sort((left, right) => left.at - right.at)
    let level = 0
    let last = 0
    let highest = 0
    for (const { at, used } of uses) {
      level = Math.max(0, level - ((at - last) * 5) / 1000) + used
      highest = Math.max(highest, level)
      last = at
    }
    expect(highest).toBeLessThanOrEqual(20 + 1e-9)
    expect(highest).toBeGreaterThan(5)
  }
})

test('the fields of an answer are structured fields that a caller can read', () => {
  const state = { measure: 'requests', limit: 60, windowSeconds: 60, remaining: 0, resetSeconds: 31 } as const
  expect(
    rateLimitFields(
      [
        { id: 'per-minute', ...state },
        { id: 'bytes', ...state, measure: 'bytes', remaining: 7 },
      ],
      31,
    ),
  ).toEqual({
    'ratelimit-policy': '"per-minute";q=60;w=60, "bytes";q=60;w=60;qu="content-bytes"',
    ratelimit: '"per-minute";r=0;t=31, "bytes";r=7;t=31',
    'retry-after': '31',
  })
  expect(rateLimitFields([])).toEqual({})
})
