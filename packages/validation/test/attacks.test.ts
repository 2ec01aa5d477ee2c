import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attackWithFgsm } from '../src/behaviour/attacks/fgsm.ts'
import type { Objective } from '../src/behaviour/attacks/objective.ts'
import { lossesOf } from '../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../src/behaviour/attacks/pgd.ts'
import { createSpsaObjective } from '../src/behaviour/attacks/spsa.ts'
import { synthesiseInput } from '../src/behaviour/dataset.ts'
import { inBatches } from '../src/behaviour/rows.ts'

const row = (values: readonly number[]) =>
  ({ type: 'float64', dims: [1, values.length], data: Float64Array.from(values) }) as const

/** The loss grows towards `goal`. */
const towards = (goal: readonly number[]): Objective => ({
  name: 'towards',
  slope: async (inputs) => inputs.data.map((value, index) => (goal[index] ?? 0) - value),
})

test('FGSM moves every element by the whole radius, and stays in the domain', async () => {
  const moved = await attackWithFgsm({
    inputs: row([0.5, 0.95, 0.5]),
    labels: [0],
    objective: towards([0, 2, 0.5]),
    radius: 0.1,
    domain: [0, 1],
  })
  expect([...moved.data]).toEqual([0.4, 1, 0.5])
})

test('PGD never leaves the ball or the domain, and repeats itself with the same seed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      async (values, radius, seed) => {
        const attack = () =>
          attackWithPgd({
            inputs: row(values),
            labels: [0],
            objective: towards(values.map((_, index) => (index % 2 === 0 ? 5 : -5))),
            radius,
            domain: [0, 1],
            steps: 5,
            random: createSeededRandom(seed),
          })
        const moved = await attack()
        for (const [index, value] of moved.data.entries()) {
          expect(Math.abs(value - (values[index] ?? 0))).toBeLessThanOrEqual(radius + 1e-12)
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
        }
        expect(await attack()).toEqual(moved)
      },
    ),
    { seed: 1, numRuns: 50 },
  )
})

test('SPSA estimates the slope of a linear loss from the loss alone', async () => {
  const weights = [3, -2, 0.5]
  const objective = createSpsaObjective({
    name: 'linear',
    loss: async (inputs) => [
      Array.from(inputs.data).reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0),
    ],
    samples: 4000,
    distance: 0.01,
    random: createSeededRandom(5),
  })
  const slope = await objective.slope(row([0.1, 0.2, 0.3]), [0])
  weights.forEach((weight, index) => {
    expect(slope[index]).toBeCloseTo(weight, 0)
  })
})

test('the losses are those of the papers', () => {
  const logits = [1, 3, 2]
  expect(lossesOf('margin', logits, 3, [2]).losses[0]).toBe(1)
  expect(lossesOf('margin', logits, 3, [1]).losses[0]).toBe(-1)
  const total = Math.exp(1) + Math.exp(3) + Math.exp(2)
  expect(lossesOf('cross-entropy', logits, 3, [0]).losses[0]).toBeCloseTo(-Math.log(Math.exp(1) / total), 12)
  expect(lossesOf('cross-entropy', [1000, 0], 2, [1]).losses[0]).toBe(1000)
})

test('a fixed batch is filled up and the filling is cut off again, an open one is not filled', async () => {
  const inputs = { type: 'float64', dims: [5, 2], data: Float64Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) } as const
  for (const [isFixed, expected] of [
    [true, [2, 2, 2]],
    [false, [2, 2, 1]],
  ] as const) {
    const sizes: (number | undefined)[] = []
    const doubled = await inBatches(inputs, { rows: 2, isFixed }, async (batch) => {
      sizes.push(batch.dims[0])
      return batch.data.map((value) => 2 * value)
    })
    expect(sizes).toEqual(expected)
    expect([...doubled]).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
  }
})

test('a probe that would be its own denial of service is refused', () => {
  const spec = { name: 'x', type: 'float32', dims: [1, 100_000, 100_000] } as const
  expect(() => synthesiseInput({ ...spec, dims: [...spec.dims] }, { rows: 1, seed: 0, domain: [0, 1] })).toThrowError(
    expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
  )
})
