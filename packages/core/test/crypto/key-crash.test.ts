import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCrashProcess, crash } from './key-crash.ts'

let program: string
beforeAll(() => {
  program = buildCrashProcess()
})
afterAll(() => rmSync(program, { recursive: true, force: true }))

// Every step of every change is covered by key-crash.conformance.ts.
test('a process that is killed while it changes the store loses no key that it said was there', async () => {
  const steps = (await crash(program, { seed: 1, step: Number.POSITIVE_INFINITY, mode: 'before' })) as number
  expect(steps).toBeGreaterThan(100)
  for (let kill = 0; kill < 24; kill += 1) {
    const step = Math.floor((kill * steps) / 24)
    expect(await crash(program, { seed: 1, step, mode: kill % 2 === 0 ? 'before' : 'torn' })).toBeUndefined()
  }
})
