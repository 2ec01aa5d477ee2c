import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { fooledRows, objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import {
  attackTokensGreedily,
  attackWithHotFlip,
  type DifferentiableTokenModel,
  type Embedding,
  oneHot,
  tokenModelOf,
} from '../../src/behaviour/attacks/tokens.ts'
import { linearModel } from './support.ts'

const vocabulary = 6
const length = 4
const random = createSeededRandom(11)
/** What a token at a position adds to the score of class 1. */
const table = Array.from({ length: length * vocabulary }, () => random.normal())
const sequence = [0, 1, 2, 3]
const at = (position: number, token: number): number => table[position * vocabulary + token] ?? 0
const scoreOf = (tokens: readonly number[]): number =>
  tokens.reduce((sum, token, position) => sum + at(position, token), 0)
const label = 0
const border = scoreOf(sequence) + 2.5

const model = linearModel([table.map(() => 0), table], [0, -border])
const reshaped = (embedding: Embedding) => tokenModelOf(model, embedding, 'float64') as DifferentiableTokenModel
const candidates = (): number[] => [0, 1, 2, 3, 4, 5]

/** The best that so many replacements can add, by trying every position's best token. */
const bestGain = (count: number): number =>
  sequence
    .map((token, position) => Math.max(...candidates().map((other) => at(position, other))) - at(position, token))
    .sort((left, right) => right - left)
    .slice(0, count)
    .reduce((sum, gain) => sum + gain, 0)

test('greedy substitution and HotFlip change as few tokens of an additive model as can be', async () => {
  const tokens = reshaped(oneHot(vocabulary))
  const least = [1, 2, 3, 4].find((count) => bestGain(count) > 2.5)
  const target = { sequence, label, candidates, most: 4 }
  for (const result of [
    await attackTokensGreedily(tokens, target),
    await attackWithHotFlip(tokens, { ...target, tries: 3 }),
  ]) {
    expect(result.isFooled).toBe(true)
    expect(result.changed.length).toBe(least)
    expect(scoreOf(result.sequence)).toBeGreaterThan(border)
    result.sequence.forEach((token, position) => {
      if (!result.changed.includes(position)) expect(token).toBe(sequence[position])
    })
  }
})

test('substitution keeps to the tokens and the number of positions that are allowed', async () => {
  const tokens = reshaped(oneHot(vocabulary))
  const result = await attackTokensGreedily(tokens, {
    sequence,
    label,
    candidates: (position) => (position === 1 ? [2, 4] : []),
    most: 4,
  })
  expect(result.changed.every((position) => position === 1)).toBe(true)
  expect(result.isFooled).toBe(false)
  const none = await attackWithHotFlip(tokens, { sequence, label, candidates, most: 0, tries: 3 })
  expect(none).toEqual({ sequence, isFooled: false, changed: [] })
})

test('the slope of a token is the slope along its embedding', async () => {
  const width = 3
  const embedding = { width, values: Array.from({ length: vocabulary * width }, () => random.normal()) }
  const weights = Array.from({ length: length * width }, () => random.normal())
  const narrow = linearModel([weights.map(() => 0), weights], [0, 0])
  const tokens = tokenModelOf(narrow, embedding, 'float64') as DifferentiableTokenModel
  const slope = await tokens.slope(sequence, 0)
  const [before] = [await tokens.scores([sequence])]
  for (let token = 0; token < vocabulary; token += 1) {
    const after = await tokens.scores([[sequence[0] ?? 0, token, ...sequence.slice(2)]])
    const gain = (slope[vocabulary + token] ?? 0) - (slope[vocabulary + (sequence[1] ?? 0)] ?? 0)
    expect((after[1] ?? 0) - (before?.[1] ?? 0)).toBeCloseTo(gain, 9)
  }
})

test('embeddings are attacked by PGD without any domain', async () => {
  const inputs = {
    type: 'float64',
    dims: [1, length, vocabulary],
    data: new Float64Array(length * vocabulary),
  } as const
  const shifted = linearModel([table.map(() => 0), table], [0, -1])
  const exact = 1 / Math.hypot(...table)
  for (const [factor, expected] of [
    [0.99, false],
    [1.05, true],
  ] as const) {
    const found = await attackWithPgd({
      inputs,
      labels: [0],
      objective: objectiveOf(shifted, 'margin'),
      radius: exact * factor,
      domain: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      norm: 'l2',
      steps: 10,
    })
    expect(fooledRows(await shifted.scores(found), 2, [0])).toEqual([expected])
  }
})

test('scores that are no numbers are an error, never a model that stands', async () => {
  const broken = { classes: 2, scores: async () => [Number.NaN, 1] }
  await expect(attackTokensGreedily(broken, { sequence, label, candidates, most: 1 })).rejects.toMatchObject({
    code: 'OUTPUT_INVALID',
  })
})
