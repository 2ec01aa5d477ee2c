import { expect, test } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { runUnderKills } from './kill.ts'

test('a thousand killed workers lose no run, answer none twice and none wrong', async () => {
  const { kills, answered, events } = await runUnderKills(createSandbox({ require: 'none' }), 1000)
  expect(kills).toBe(1000)
  expect(answered).toBeGreaterThan(0)
  expect(events.filter(({ type }) => type === 'run-replayed').length).toBeGreaterThan(100)
  expect(events.filter(({ type }) => type === 'input-quarantined')).toEqual([])
}, 1_200_000)
