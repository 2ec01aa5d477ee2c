import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import type { AttackedModel } from '../../src/behaviour/attacks/objective.ts'
import type { PrivacyTarget } from '../../src/privacy/attack.ts'
import { inferAttribute } from '../../src/privacy/attribute/infer-attribute.ts'

/** People with four public elements and a secret one, which is 0 or 1 and has nothing to do with the others. */
const people = (count: number, seed: number) => {
  const random = createSeededRandom(seed)
  const data = Float32Array.from({ length: count * 5 }, (_, index) =>
    index % 5 === 4 ? random.integer(2) : random.uniform(),
  )
  return {
    inputs: { type: 'float32' as const, dims: [count, 5], data },
    labels: Array.from({ length: count }, (_, row) =>
      random.uniform() < 0.2 ? random.integer(2) : Math.round(data[row * 5] ?? 0),
    ),
    domain: [0, 1] as const,
  }
}

const members = people(500, 1)
const nonMembers = people(500, 2)
const options = { element: 4, values: [0, 1] }

/** Knows its members by heart: surely right where all five elements are those of one, else undecided. */
const memorising: AttackedModel = {
  classes: 2,
  scores: async ({ data, dims }) => {
    const keys = new Map(
      members.labels.map((label, row) => [members.inputs.data.slice(row * 5, row * 5 + 5).join(), label]),
    )
    return Float64Array.from({ length: (dims[0] ?? 0) * 2 }, (_, place) => {
      const row = Math.floor(place / 2)
      return keys.get(data.slice(row * 5, row * 5 + 5).join()) === place % 2 ? 5 : 0
    })
  },
}

/** Looks at the first element alone. */
const sound: AttackedModel = {
  classes: 2,
  scores: async ({ data, dims }) =>
    Float64Array.from(
      { length: (dims[0] ?? 0) * 2 },
      (_, place) => (place % 2) * (data[Math.floor(place / 2) * 5] ?? 0),
    ),
}

const targetOf = (model: AttackedModel): PrivacyTarget => ({
  path: 'model',
  model,
  members,
  nonMembers,
  seed: 1,
  limits: {},
})

test('a model that knows its members by heart gives away their secret attribute', async () => {
  const result = await inferAttribute(targetOf(memorising), options)
  expect(result.verdict).toBe('fail')
  expect(result.members?.value).toBe(1)
  expect(result.nonMembers?.value).toBeLessThan(0.6)
  expect(result.advantage?.low).toBeGreaterThan(0.3)
})

test('a model that does not look at the attribute gives nothing away', async () => {
  const result = await inferAttribute(targetOf(sound), options)
  expect(result.verdict).not.toBe('fail')
  expect(result.members?.value).toBe(result.baseline)
  expect(result.advantage?.low).toBeLessThan(0.1)
})

test('an attribute that does not fit the examples is refused', async () => {
  for (const wrong of [
    { element: 5, values: [0, 1] },
    { element: 0.5, values: [0, 1] },
    { element: 4, values: [1, 1] },
    { element: 4, values: [0, 2] },
    { element: 4, values: [0, Number.NaN] },
  ])
    await expect(inferAttribute(targetOf(sound), wrong)).rejects.toMatchObject({ code: 'USAGE' })
})

test('without labels nothing is inferred and nothing passes', async () => {
  const { inputs, domain } = members
  const result = await inferAttribute({ ...targetOf(sound), members: { inputs, domain } }, options)
  expect(result.verdict).toBe('incomplete')
})

test('a model that answers its members no better than a guess is not acquitted', async () => {
  const blind: AttackedModel = { classes: 2, scores: async ({ dims }) => new Float64Array((dims[0] ?? 0) * 2) }
  const result = await inferAttribute(targetOf(blind), options)
  expect(result.verdict).toBe('incomplete')
  expect(result.note).toContain('check labels, domain and scaling')
})
