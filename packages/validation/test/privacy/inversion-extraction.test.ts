import { expect, test } from 'vitest'
import { extractModel } from '../../src/privacy/extraction/extract-model.ts'
import { invertClasses } from '../../src/privacy/inversion/invert-classes.ts'
import { correlation, structuralSimilarity } from '../../src/privacy/inversion/similarity.ts'
import { smallDigits } from './small-digits.ts'
import { blackBox, withTarget } from './support.ts'

/** Learns enough of small digits. */
const student = { hidden: 24, epochs: 20 }

const sets = { members: smallDigits(0, 1000), nonMembers: smallDigits(7000, 800) }

test('a picture is like itself, and two of nothing in common are not alike', () => {
  const { data } = smallDigits(0, 2).inputs
  const shape = { height: 7, width: 7, range: 1 }
  const [zero, one] = [data.subarray(0, 49), data.subarray(49, 98)]
  expect(structuralSimilarity(zero, zero, shape)).toBeCloseTo(1, 12)
  expect(structuralSimilarity(zero, one, shape)).toBe(structuralSimilarity(one, zero, shape))
  expect(structuralSimilarity(zero, one, shape)).toBeLessThan(0.5)
  expect(correlation([1, 1, 1], [1, 2, 3])).toBe(0)
  expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12)
})

test('inverting a sound classifier shows its classes, more like their own mean than like any other', async () => {
  const result = await withTarget('sound', sets, (target) => invertClasses(target))
  expect(result.verdict).toBe('pass')
  expect(result.classes).toHaveLength(10)
  expect(result.recognised?.interval.low).toBeGreaterThan(0.5)
  for (const { confidence, picture } of result.classes) {
    expect(confidence).toBeGreaterThan(0.99)
    expect(picture?.every((value) => value >= 0 && value <= 1)).toBe(true)
  }
})

test('a likeness that is too great for the caller fails', async () => {
  const result = await withTarget('sound', sets, (target) => invertClasses(target, { maximumSimilarity: 0.3 }))
  expect(result.verdict).toBe('fail')
  expect(result.meanSimilarity).toBeGreaterThan(0.3)
})

test('a black box is inverted by estimated slopes, and the result says so', async () => {
  const result = await withTarget('sound', sets, (target) =>
    invertClasses({ ...target, model: blackBox(target.model) }, { steps: 30 }),
  )
  expect(result.isEstimated).toBe(true)
  expect(result.note).toContain('estimated')
  expect(result.recognised?.value).toBeGreaterThan(0.3)
})

test('classes that nobody named are not inverted', async () => {
  const { inputs, domain } = sets.members
  const result = await withTarget('sound', sets, (target) => invertClasses({ ...target, members: { inputs, domain } }))
  expect(result).toMatchObject({ verdict: 'incomplete', classes: [] })
})

test('more queries buy a more faithful copy, of labels alone too', async () => {
  const budgets = [25, 100, 400]
  for (const answers of ['probabilities', 'labels'] as const) {
    const { curve, verdict } = await withTarget('sound', sets, (target) =>
      extractModel(target, { budgets, answers, student }),
    )
    const [few = 0, some = 0, many = 0] = curve.map(({ fidelity }) => fidelity)
    expect(few).toBeLessThan(some)
    expect(some).toBeLessThan(many)
    expect(many).toBeGreaterThan(0.8)
    expect(verdict).toBe('pass')
  }
})

test('a copy that is too faithful for the caller fails, and budgets beyond the data are incomplete', async () => {
  const copied = await withTarget('sound', sets, (target) =>
    extractModel(target, { budgets: [400], student, maximumFidelity: 0.7 }),
  )
  expect(copied.verdict).toBe('fail')
  const beyond = await withTarget('sound', sets, (target) => extractModel(target, { budgets: [25, 401], student }))
  expect(beyond.verdict).toBe('incomplete')
  expect(beyond.curve.map(({ queries }) => queries)).toEqual([25])
  expect(beyond.note).toContain('400 non-members')
})

test('a budget that is none is refused', async () => {
  for (const budgets of [[], [0], [1.5]])
    await expect(withTarget('sound', sets, (target) => extractModel(target, { budgets }))).rejects.toMatchObject({
      code: 'USAGE',
    })
})
