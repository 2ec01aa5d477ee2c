import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { fooledRows, lossesOf } from '../../src/behaviour/attacks/objective.ts'
import { type ScoreLossName, scoreLosses } from '../../src/behaviour/attacks/score-losses.ts'

test('every loss has the slope that central differences of it have', () => {
  const random = createSeededRandom(1)
  const names = Object.keys(scoreLosses) as ScoreLossName[]
  for (const name of names) {
    for (let round = 0; round < 20; round += 1) {
      const scores = Array.from({ length: 6 }, () => random.normal() * 3)
      const label = random.integer(6)
      const target = (label + 1 + random.integer(5)) % 6
      const { weights } = lossesOf(name, scores, 6, [label], [target])
      const loss = (values: readonly number[]): number =>
        lossesOf(name, values, 6, [label], [target]).losses[0] ?? Number.NaN
      scores.forEach((_, index) => {
        const shifted = (by: number): number[] => scores.map((score, place) => (place === index ? score + by : score))
        expect(weights[index]).toBeCloseTo((loss(shifted(1e-6)) - loss(shifted(-1e-6))) / 2e-6, 6)
      })
      // No loss changes when a constant is added to all scores, so logarithms of a softmax serve as logits.
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0, 9)
    }
  }
})

test('DLR does not change when the scores are scaled, and needs three classes', () => {
  const loss = (scores: readonly number[]): number | undefined => lossesOf('dlr', scores, 4, [1]).losses[0]
  expect(loss([100, 300, 200, -100])).toBeCloseTo(loss([1, 3, 2, -1]) ?? Number.NaN, 9)
  expect(loss([1, 3, 2, -1])).toBeCloseTo(-0.5, 9)
  expect(() => lossesOf('dlr', [1, 2], 2, [0])).toThrowError(expect.objectContaining({ code: 'USAGE' }))
})

test('a row that holds NaN is not fooled: no answer is no success of an attack', () => {
  expect(fooledRows([1, 2, 2, 1, Number.NaN, 3], 2, [0, 0, 0])).toEqual([true, false, false])
})

test('of equal scores the first class is the answer', () => {
  expect(fooledRows([1, 1, 1, 1], 2, [0, 1])).toEqual([false, true])
})
