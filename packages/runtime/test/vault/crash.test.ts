import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killHereAndThere } from '../../../../tools/testing/killed-process.ts'
import { buildCrashProgram, crash } from './crash.ts'

let program: string
beforeAll(() => {
  program = buildCrashProgram()
})
afterAll(() => rmSync(dirname(program), { recursive: true, force: true }))

// Every step of every change is covered by crash.conformance.ts.
test('a process that is killed while it seals, exports or removes loses no model, and leaves nothing', async () => {
  expect(await killHereAndThere(20, (kill) => crash(program, kill))).toBe(20)
})
