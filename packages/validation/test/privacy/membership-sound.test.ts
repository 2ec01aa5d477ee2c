import { expect, test } from 'vitest'
import { inferMembership } from '../../src/privacy/membership/infer-membership.ts'
import { smallDigits } from './small-digits.ts'
import { withTarget } from './support.ts'

/** Enough for what these models give away. */
const quick = { shadows: 2, student: { hidden: 24, epochs: 8 } }

test('a sound model is not flagged, and too few examples leave it undecided', async () => {
  const sets = { members: smallDigits(0, 400), nonMembers: smallDigits(7000, 400) }
  const result = await withTarget('sound', sets, (target) => inferMembership(target, quick))
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('too few examples, or sets too unlike, to rule out a leak')
  expect(result.signals).toHaveLength(7)
})

test('digits that no training saw are told apart by nobody, which passes', async () => {
  const sets = { members: smallDigits(6000, 1300), nonMembers: smallDigits(7300, 1300) }
  const result = await withTarget('sound', sets, (target) => inferMembership(target, quick))
  expect(result.note).toBeUndefined()
  expect(result.verdict).toBe('pass')
})
