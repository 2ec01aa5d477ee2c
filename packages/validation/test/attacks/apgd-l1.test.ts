import { createSeededRandom } from '@nootropic/core'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { attackWithL1Apgd } from '../../src/behaviour/attacks/apgd-l1.ts'
import { projectOntoBoxedL1 } from '../../src/behaviour/attacks/boxed-l1.ts'
import { distances } from '../../src/behaviour/attacks/norms.ts'
import { fooledRows, objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { openDigits } from './digits.ts'
import { distanceToBorder, linearExamples, linearTarget, linearWeights, tensorOf } from './support.ts'

const pairs = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })),
  { minLength: 1, maxLength: 6 },
)

test('the projection lies in the ball and the domain, and no sampled point of both is nearer', () => {
  const random = createSeededRandom(4)
  fc.assert(
    fc.property(pairs, fc.double({ min: 0.01, max: 4, noNaN: true }), (elements, radius) => {
      const origin = elements.map(([start]) => start)
      const wanted = elements.map(([, value]) => value)
      const change = Float64Array.from(wanted)
      projectOntoBoxedL1(change, origin, radius, [0, 1])
      const isInside = (point: ArrayLike<number>): boolean =>
        Array.from(point, Math.abs).reduce((sum, value) => sum + value, 0) <= radius + 1e-12 &&
        Array.from(point).every((value, index) => {
          const place = (origin[index] ?? 0) + value
          return place >= -1e-12 && place <= 1 + 1e-12
        })
      const gap = (point: ArrayLike<number>): number =>
        Math.hypot(...wanted.map((value, index) => value - (point[index] ?? 0)))
      expect(isInside(change)).toBe(true)
      for (let attempt = 0; attempt < 40; attempt += 1) {
        const near = change.map((value) => value + random.normal() * 10 ** (-4 * random.uniform()))
        if (isInside(near)) expect(gap(near)).toBeGreaterThanOrEqual(gap(change) - 1e-9)
      }
    }),
    { seed: 5, numRuns: 200 },
  )
})

test('Auto-PGD in L1 fools a linear model just outside the closed-form distance, and not inside it', async () => {
  const [example = []] = linearExamples
  for (const [factor, expected] of [
    [0.99, false],
    [1.02, true],
  ] as const) {
    const radius = distanceToBorder(linearWeights, 0.4, example).l1 * factor
    const target = { ...linearTarget, inputs: tensorOf([example]), labels: linearTarget.labels.slice(0, 1), radius }
    const found = await attackWithL1Apgd({ ...target, loss: 'margin', steps: 40, random: createSeededRandom(2) })
    expect(fooledRows(await linearTarget.model.scores(found), 2, target.labels)).toEqual([expected])
    expect(distances('l1', found.data, target.inputs.data, 6)[0]).toBeLessThanOrEqual(radius + 1e-9)
  }
})

const digits = await openDigits(20)
afterAll(digits.close)

test('in L1 Auto-PGD leaves fewer digits standing than PGD does, inside the ball, and the same ones again', async () => {
  const { model, target } = digits
  const given = { ...target, radius: 5, steps: 20 }
  const random = () => createSeededRandom(3)
  const standing = async (found: FloatTensor): Promise<number> =>
    fooledRows(await model.scores(found), 10, target.labels).filter((is) => !is).length
  const pgd = await attackWithPgd({ ...given, norm: 'l1', objective: objectiveOf(model, 'margin'), random: random() })
  const apgd = await attackWithL1Apgd({ ...given, loss: 'margin', random: random() })
  expect(await standing(apgd)).toBeLessThan(await standing(pgd))
  for (const distance of distances('l1', apgd.data, target.inputs.data, 784))
    expect(distance).toBeLessThanOrEqual(5 + 1e-3)
  expect(apgd.data.every((value) => value >= 0 && value <= 1)).toBe(true)
  expect(await attackWithL1Apgd({ ...given, loss: 'margin', random: random() })).toEqual(apgd)
})
