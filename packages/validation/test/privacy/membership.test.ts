import { expect, test } from 'vitest'
import { inferMembership } from '../../src/privacy/membership/infer-membership.ts'
import { smallDigits } from './small-digits.ts'
import { withTarget } from './support.ts'

/** Enough for what these models give away. */
const quick = { shadows: 4, student: { hidden: 32, epochs: 10 } }

test('a model that learned noise by heart is flagged by every signal that knows the label', async () => {
  const sets = { members: smallDigits(0, 500, 'noise'), nonMembers: smallDigits(7000, 500, 'noise') }
  const result = await withTarget('memorising', sets, (target) => inferMembership(target, quick))
  expect(result.verdict).toBe('fail')
  const areas = Object.fromEntries(result.signals.map(({ signal, area }) => [signal, area.low]))
  for (const signal of ['loss', 'modified-entropy', 'lira', 'rmia']) expect(areas[signal]).toBeGreaterThan(0.9)
  for (const signal of ['confidence', 'entropy', 'label-only']) expect(areas[signal]).toBeGreaterThan(0.6)
  expect(Math.max(...result.signals.map(({ epsilon }) => epsilon))).toBeGreaterThan(1)
})

test('a model that saw few digits too often is flagged', async () => {
  const sets = { members: smallDigits(0, 300), nonMembers: smallDigits(7000, 600) }
  const result = await withTarget('overfitted', sets, (target) => inferMembership(target, quick))
  expect(result.verdict).toBe('fail')
})
