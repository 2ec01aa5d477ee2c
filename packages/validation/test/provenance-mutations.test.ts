import { expect, test } from 'vitest'
import { runMutations } from './provenance/mutation-run.ts'

test('of 2,000 seeded mutations of bundles and model trees none is accepted', async () => {
  const { accepted, refused, neutral } = await runMutations(2000, 4)
  expect(accepted).toEqual([])
  expect(refused + neutral).toBe(2000)
  expect(refused).toBeGreaterThan(1800)
})
