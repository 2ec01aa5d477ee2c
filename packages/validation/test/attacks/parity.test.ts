import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { accuracyOf, standingDigits } from './parity.ts'

// Made by tools/attack-fixtures on 1,000 held-out digits, of which these are the first.
const examples = 100
const expected = JSON.parse(readFileSync(new URL('digits-in-pytorch.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>

test('FGSM, PGD and DeepFool leave as many of 100 digits standing as in PyTorch, give or take one', async () => {
  const names = Object.keys(expected).filter((name) => /^(clean|fgsm|pgd|deepfool l2) /.test(name))
  expect(names.length).toBe(10)
  const standing = await standingDigits(examples, names)
  for (const name of names) {
    const theirs = (expected[name] ?? '').slice(0, examples)
    expect(Math.abs(accuracyOf(standing[name] ?? '') - accuracyOf(theirs)), name).toBeLessThanOrEqual(0.01)
  }
})
