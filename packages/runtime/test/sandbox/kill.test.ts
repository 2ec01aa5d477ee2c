import { expect, test } from 'vitest'
import { createSandbox } from '../../src/sandbox/index.ts'
import { isolationSteps } from '../../src/sandbox/isolation-step.ts'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { createSandboxOver } from '../../src/sandbox/sandbox.ts'
import { runUnderKills } from './kill.ts'

test('killed workers lose no run, answer none twice and none wrong', async () => {
  const bare = { platform: process.platform, isRoot: false }
  const sandbox = createSandboxOver(bare, isolationSteps(bare, defaultSandboxLimits), { require: 'none' })
  const { kills, events } = await runUnderKills(sandbox, 24)
  expect(kills).toBe(24)
  expect(events.filter(({ type }) => type === 'run-replayed').length).toBeGreaterThan(4)
  expect(events.filter(({ type }) => type === 'input-quarantined')).toEqual([])
})

test('killing what holds an isolated worker loses no run', async () => {
  const { kills, events } = await runUnderKills(createSandbox({ require: 'none' }), 10)
  expect(kills).toBe(10)
  expect(events.filter(({ type }) => type === 'spare-used').length).toBeGreaterThan(0)
})
