import { expect, test } from 'vitest'
import { inferMembership } from '../../src/privacy/membership/infer-membership.ts'
import { smallDigits } from './small-digits.ts'
import { withTarget } from './support.ts'

const none = { shadows: 0 }

test('the same seed gives the same figures, bit by bit', async () => {
  const sets = { members: smallDigits(0, 150), nonMembers: smallDigits(7000, 200) }
  const run = () =>
    withTarget('overfitted', sets, (target) =>
      inferMembership(target, { shadows: 2, student: { hidden: 8, epochs: 2 } }),
    )
  expect(await run()).toEqual(await run())
})

test('too few examples are judged by nothing', async () => {
  const sets = { members: smallDigits(0, 99), nonMembers: smallDigits(7000, 200) }
  const result = await withTarget('memorising', sets, (target) => inferMembership(target, none))
  expect(result).toMatchObject({ verdict: 'incomplete', signals: [] })
  expect(result.note).toContain('expected 100 examples or more of either side, found 99 and 200')
})

test('without labels only the answer is judged, which is never enough to pass', async () => {
  const sets = { members: smallDigits(6000, 300), nonMembers: smallDigits(6800, 300) }
  const unlabelled = {
    members: { inputs: sets.members.inputs, domain: sets.members.domain },
    nonMembers: { inputs: sets.nonMembers.inputs, domain: sets.nonMembers.domain },
  }
  const result = await withTarget('sound', unlabelled, (target) => inferMembership(target))
  expect(result.signals.map(({ signal }) => signal)).toEqual(['confidence', 'entropy'])
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('no labels')
})

test('no references leave LiRA and RMIA out, which is never enough to pass', async () => {
  const sets = { members: smallDigits(6000, 300), nonMembers: smallDigits(7600, 300) }
  const result = await withTarget('sound', sets, (target) => inferMembership(target, none))
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('fewer than two references: LiRA and RMIA were not tried')
})

test('sets that differ by themselves prove nothing about the model', async () => {
  const members = smallDigits(6000, 300)
  const nonMembers = smallDigits(7000, 300)
  const faded = { ...nonMembers, inputs: { ...nonMembers.inputs, data: nonMembers.inputs.data.map((v) => v * 0.6) } }
  const result = await withTarget('sound', { members, nonMembers: faded }, (target) => inferMembership(target, none))
  expect(result.blind.examples?.low).toBeGreaterThan(0.55)
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('differ by themselves')
})

test('a model that is asked in the wrong domain is not acquitted', async () => {
  const inverted = (digits: ReturnType<typeof smallDigits>) => ({
    ...digits,
    inputs: { ...digits.inputs, data: digits.inputs.data.map((value) => 1 - value) },
  })
  const sets = { members: inverted(smallDigits(6000, 400)), nonMembers: inverted(smallDigits(7000, 400)) }
  const result = await withTarget('sound', sets, (target) => inferMembership(target, none))
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('check labels, domain and scaling')
})

test('examples that are members and non-members count on neither side', async () => {
  const sets = { members: smallDigits(0, 300), nonMembers: smallDigits(200, 300) }
  const result = await withTarget('overfitted', sets, (target) => inferMembership(target, none))
  expect(result.duplicates).toBe(100)
  expect(result.signals[0]).toMatchObject({ members: 300, nonMembers: 200 })
})
