import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createResourceSampler } from '../src/resources.ts'

const named = (sample: readonly { name: string; value: number }[]): Record<string, number> =>
  Object.fromEntries(sample.map(({ name, value }) => [name, value]))

test('a share of the processors needs two moments', () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  let cpu = 5_000_000
  const sample = createResourceSampler(clock, {
    cpuMicroseconds: () => cpu,
    residentBytes: () => 250,
    memoryBytes: () => 1000,
    processors: () => 4,
  })
  expect(named(sample())).toEqual({ 'process.memory.usage': 250, 'process.memory.utilization': 0.25 })
  cpu += 2_000_000
  clock.advance(1000)
  expect(named(sample())['process.cpu.utilization']).toBe(0.5)
  expect(named(sample())['process.cpu.utilization']).toBeUndefined()
})

test('this process has a memory and a share of a processor', () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const sample = createResourceSampler(clock)
  sample()
  clock.advance(1000)
  const found = named(sample())
  expect(found['process.memory.usage']).toBeGreaterThan(1_000_000)
  expect(found['process.memory.utilization']).toBeGreaterThan(0)
  expect(found['process.memory.utilization']).toBeLessThan(1)
  expect(found['process.cpu.utilization']).toBeGreaterThan(0)
})
