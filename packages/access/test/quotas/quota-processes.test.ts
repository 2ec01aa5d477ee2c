import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { contend } from './processes.ts'

test('eight processes never take more than the limit, and what a killed one held comes back', async () => {
  const { killed } = await contend(join(temporaryDirectory(), 'state.db'), 20, 10)
  expect(killed).toBe(2)
})
