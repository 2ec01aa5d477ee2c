import { expect, test } from 'vitest'
import { takeRows } from '../../src/behaviour/rows.ts'
import { digitsDataset } from '../attacks/digits.ts'
import { type Trained, trainedModel } from '../honesty/planted.ts'
import { countOutside, intervalsOf, networks, openNetwork } from './soundness.ts'

const radii = [0, 0.001, 0.01, 0.1, 1] as const

for (const name of ['sound', 'hardened', 'demo'] as const satisfies readonly Trained[]) {
  test(`of 400,000 points around digits none leaves the bounds of the model "${name}"`, async () => {
    const probe = takeRows(
      digitsDataset(100).inputs,
      Array.from({ length: 100 }, (_, row) => row),
    )
    const model = trainedModel(name)
    const intervals = await intervalsOf(model, probe)
    if (!intervals.isDerived) throw new Error(intervals.reason)
    for (const radius of radii) {
      const { points, outside } = await countOutside(model, intervals, probe, { radius, points: 80_000, seed: 7 })
      expect({ points, outside }, `at ${radius}`).toEqual({ points: 80_000, outside: 0 })
    }
  }, 600_000)
}

test('nor do 10,000 points in each network of the gradient fixtures that has bounds', async () => {
  let tried = 0
  for (const name of networks) {
    const { model, probe } = openNetwork(name)
    const intervals = await intervalsOf(model, probe)
    if (!intervals.isDerived) continue
    tried += 1
    for (const radius of radii) {
      const { outside } = await countOutside(model, intervals, probe, { radius, points: 2_000, seed: 8 })
      expect(outside, `${name} at ${radius}`).toBe(0)
    }
  }
  expect(tried).toBeGreaterThan(15)
}, 600_000)
