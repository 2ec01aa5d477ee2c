import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AttemptLimit, type Attempts, admitAttempt } from '../src/mfa/attempt-limit.ts'

const limit: AttemptLimit = { free: 3, firstWaitMs: 1000, maximumWaitMs: 16_000, forgetAfterMs: 100_000 }

test('some attempts are free, then each wait is twice as long as the last, up to the longest', () => {
  let state: Attempts | undefined
  let now = 1_000_000
  const waits: number[] = []
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const admission = admitAttempt(limit, state, now)
    if (!admission.isAdmitted) throw new Error('expected an admission')
    state = admission.next
    const again = admitAttempt(limit, state, now)
    waits.push(again.isAdmitted ? 0 : again.retryAfterMs)
    now += waits.at(-1) ?? 0
  }
  expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 16_000, 16_000, 16_000])
})

test('however attempts are spread and the clock steps, the waits bound them and nobody waits longer than the longest', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: -50_000, max: 50_000 })), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(steps, (moves) => {
      let state: Attempts | undefined
      let now = 1_000_000
      for (const move of moves) {
        now += move
        const admission = admitAttempt(limit, state, now)
        if (admission.isAdmitted) {
          const before = state !== undefined && now - state.lastAt < limit.forgetAfterMs ? state.failures : 0
          if (admission.next.failures !== before + 1) return false
          if (admission.next.failures >= limit.free && admission.next.blockedUntil <= now) return false
          state = admission.next
        } else if (!(admission.retryAfterMs > 0 && admission.retryAfterMs <= limit.maximumWaitMs)) return false
      }
      return true
    }),
    { seed: 7, numRuns: 1000 },
  )
})

test('an attacker who never tires gets no more attempts than the waits allow', () => {
  let state: Attempts | undefined
  let admitted = 0
  for (let now = 0; now < 160_000; now += 100) {
    const admission = admitAttempt(limit, state, 1_000_000 + now)
    if (!admission.isAdmitted) continue
    admitted += 1
    state = admission.next
  }
  // Three at once, then after 1, 3, 7, 15, 31, … seconds.
  expect(admitted).toBe(3 + 4 + Math.floor((159.9 - 15) / 16))
})

test('failures are forgotten after a time without attempts, and not before', () => {
  const state: Attempts = { failures: 50, lastAt: 1_000_000, blockedUntil: 1_016_000 }
  const failuresAt = (now: number) => {
    const admission = admitAttempt(limit, state, now)
    return admission.isAdmitted ? admission.next.failures : undefined
  }
  expect(failuresAt(1_099_999)).toBe(51)
  expect(failuresAt(1_100_000)).toBe(1)
  expect(failuresAt(0)).toBeUndefined()
})
