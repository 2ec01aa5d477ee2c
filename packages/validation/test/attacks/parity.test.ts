import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { accuracyOf, standingDigits } from './parity.ts'

// Made by oracle.py on the first 100 held-out digits.
const expected = JSON.parse(readFileSync(new URL('./digits-in-pytorch.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>

test('FGSM and PGD leave as many of 100 digits standing as in PyTorch, give or take one', async () => {
  const standing = await standingDigits(100, Object.keys(expected))
  for (const [name, theirs] of Object.entries(expected)) {
    expect(Math.abs(accuracyOf(standing[name] ?? '') - accuracyOf(theirs)), name).toBeLessThanOrEqual(0.01)
  }
})
