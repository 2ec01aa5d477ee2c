import { expect, test } from 'vitest'
import type { AlertRule } from '../src/alert-rule.ts'
import { type AlertState, nextAlertState, quiet } from '../src/alerts.ts'

const rule: AlertRule = {
  rule: 'latency',
  measurement: 'nootropic.inference.duration',
  statistic: 'p95',
  threshold: 0.1,
  unit: 's',
  windowMs: 60_000,
  forMs: 3000,
  minimumCount: 10,
  severity: 'medium',
}

// One value a second; `undefined` is a second without enough data.
const phases = (values: readonly (number | undefined)[]): string[] => {
  let state: AlertState = quiet
  return values.map((value, second) => {
    const wall = new Date(second * 1000).toISOString()
    state = nextAlertState(state, rule, 'digits', value, { monotonicMs: second * 1000, wall })
    return state.phase
  })
}

test('a condition that does not hold long enough raises nothing', () => {
  expect(phases([0.2, 0.2, 0.05, 0.2, 0.2, 0.2])).not.toContain('raised')
})

test('a condition that holds for its time is an alert, dated when it began', () => {
  expect(phases([0.2, 0.2, 0.2, 0.2])).toEqual(['pending', 'pending', 'pending', 'raised'])
  const pending: AlertState = { phase: 'pending', sinceMs: 0, since: '2026-01-01T00:00:00.000Z' }
  const now = { monotonicMs: 3000, wall: '2026-01-01T00:00:03.000Z' }
  expect(nextAlertState(pending, rule, 'digits', 0.1534, now)).toMatchObject({
    alert: {
      rule: 'latency',
      model: 'digits',
      since: '2026-01-01T00:00:00.000Z',
      message: 'digits: the 95th percentile of nootropic.inference.duration over 60 s is 0.153 s, above 0.1 s',
    },
  })
})

test('a value at the threshold is no breach, and one just under it does not resolve', () => {
  expect(phases([0.1, 0.1, 0.1, 0.1, 0.1])).not.toContain('pending')
  expect(phases([0.2, 0.2, 0.2, 0.2, 0.099, 0.099, 0.099, 0.099, 0.099]).slice(-5)).toEqual(Array(5).fill('raised'))
})

test('an alert is resolved when the value has been well under the threshold for as long', () => {
  const well = [0.05, 0.05, 0.05, 0.05]
  expect(phases([0.2, 0.2, 0.2, 0.2, ...well]).slice(-4)).toEqual(['raised', 'raised', 'raised', 'quiet'])
  expect(phases([0.2, 0.2, 0.2, 0.2, 0.05, 0.05, 0.2, 0.05, 0.05, 0.05]).at(-1)).toBe('raised')
})

test('missing data neither raises nor resolves', () => {
  const none = Array<undefined>(20).fill(undefined)
  expect(phases(none)).toEqual(Array(20).fill('quiet'))
  expect(phases([0.2, 0.2, undefined, 0.2, 0.2])).not.toContain('raised')
  expect(phases([0.2, 0.2, 0.2, 0.2, ...none]).slice(4)).toEqual(Array(20).fill('raised'))
  expect(phases([0.2, 0.2, 0.2, 0.2, 0.05, 0.05, undefined, 0.05, 0.05, 0.05]).at(-1)).toBe('raised')
})
