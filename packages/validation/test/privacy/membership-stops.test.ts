import { expect, test } from 'vitest'
import { inferMembership } from '../../src/privacy/membership/infer-membership.ts'
import { smallDigits } from './small-digits.ts'
import { blackBox, withTarget } from './support.ts'

test('references that were handed in are asked instead of trained', async () => {
  const sets = { members: smallDigits(0, 300), nonMembers: smallDigits(7000, 400) }
  let asked = 0
  const result = await withTarget('overfitted', sets, (target) =>
    withTarget('sound', sets, ({ model }) => {
      const reference = {
        ...blackBox(model),
        scores: (inputs: Parameters<typeof model.scores>[0]) => {
          asked += 1
          return model.scores(inputs)
        },
      }
      return inferMembership(target, { references: [reference, reference] })
    }),
  )
  expect(asked).toBeGreaterThan(0)
  expect(result.signals.map(({ signal }) => signal)).toContain('rmia')
})

test('a signal that was stopped keeps what was measured and is incomplete', async () => {
  const sets = { members: smallDigits(6000, 300), nonMembers: smallDigits(7000, 300) }
  const controller = new AbortController()
  const result = await withTarget('sound', sets, (target) =>
    inferMembership({
      ...target,
      limits: { signal: controller.signal },
      progress: (_, done) => {
        if (done === 2) controller.abort()
      },
    }),
  )
  expect(result.signals).toHaveLength(2)
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('ABORTED')
})

test('answers that are no numbers are no privacy', async () => {
  const sets = { members: smallDigits(6000, 300), nonMembers: smallDigits(7000, 300) }
  const result = await withTarget('sound', sets, (target) =>
    inferMembership({
      ...target,
      model: { classes: 10, scores: async ({ dims }) => new Float64Array((dims[0] ?? 0) * 10).fill(Number.NaN) },
    }),
  )
  expect(result).toMatchObject({ verdict: 'incomplete', signals: [] })
  expect(result.note).toContain('OUTPUT_INVALID')
})
