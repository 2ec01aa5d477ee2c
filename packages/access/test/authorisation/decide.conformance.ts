import { expect, test } from 'vitest'
import { compareWithOracle } from './compare.ts'

test('1,000,000 random requests are decided and explained as a look at every rule does: 0 differences', () => {
  const { differences, permitted, forbidden, explained, steppedUp } = compareWithOracle(7, 5000, 200)
  expect(differences).toEqual([])
  expect(permitted).toBeGreaterThan(50_000)
  expect(forbidden).toBeGreaterThan(50_000)
  expect(explained).toBeGreaterThan(50_000)
  expect(steppedUp).toBeGreaterThan(3000)
}, 600_000)
