import { createSeededRandom } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import { attackWithBoundary } from '../../src/behaviour/attacks/boundary.ts'
import { withEstimatedSlope } from '../../src/behaviour/attacks/estimate-slope.ts'
import { attackWithHopSkipJump } from '../../src/behaviour/attacks/hop-skip-jump.ts'
import { distances } from '../../src/behaviour/attacks/norms.ts'
import { type AttackedModel, fooledRows, objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import { pictureOf } from '../../src/behaviour/attacks/picture.ts'
import { attackWithSquare } from '../../src/behaviour/attacks/square.ts'
import { openDigits } from './digits.ts'
import { distanceToBorder, linearExamples, linearTarget, linearWeights, tensorOf } from './support.ts'

/** A model that gives its answer and nothing else. */
const answersOnly = (model: AttackedModel): AttackedModel => ({
  classes: model.classes,
  scores: async (inputs) => {
    const scores = await model.scores(inputs)
    return Float64Array.from(scores, (score, place) => {
      const start = place - (place % model.classes)
      return score === Math.max(...Array.from({ length: model.classes }, (_, column) => scores[start + column] ?? 0))
        ? 1
        : 0
    })
  },
})

for (const norm of ['linf', 'l2'] as const) {
  test(`HopSkipJump finds the closed-form ${norm} distance on a linear model from its answers alone`, async () => {
    const attack = () =>
      attackWithHopSkipJump({
        ...linearTarget,
        model: answersOnly(linearTarget.model),
        norm,
        steps: 30,
        samples: 100,
        random: createSeededRandom(1),
      })
    const found = await attack()
    expect(fooledRows(await linearTarget.model.scores(found), 2, linearTarget.labels)).toEqual([true, true])
    distances(norm, found.data, linearTarget.inputs.data, 6).forEach((distance, row) => {
      const exact = distanceToBorder(linearWeights, 0.4, linearExamples[row] ?? [])[norm]
      expect(distance / exact).toBeGreaterThan(1 - 1e-9)
      expect(distance / exact).toBeLessThan(1.01)
    })
    expect(await attack()).toEqual(found)
  })

  test(`Square in ${norm} fools a linear model outside the closed-form distance, and not inside it`, async () => {
    for (const [row, example] of linearExamples.entries()) {
      for (const [factor, expected] of [
        [0.99, false],
        // In L2 whole pieces of the budget move: on six elements they are coarse.
        [norm === 'linf' ? 1.01 : 1.4, true],
      ] as const) {
        const radius = distanceToBorder(linearWeights, 0.4, example)[norm] * factor
        const found = await attackWithSquare({
          ...linearTarget,
          inputs: tensorOf([example]),
          labels: [row],
          norm,
          radius,
          queries: 2000,
          random: createSeededRandom(5),
        })
        expect(fooledRows(await linearTarget.model.scores(found), 2, [row])).toEqual([expected])
        expect(distances(norm, found.data, example, 6)[0]).toBeLessThanOrEqual(radius * (1 + 1e-9))
      }
    }
  })
}

test('the boundary attack finds the closed-form L2 distance on a linear model from its answers alone', async () => {
  const model = answersOnly(linearTarget.model)
  const found = await attackWithBoundary({ ...linearTarget, model, steps: 1500, random: createSeededRandom(2) })
  expect(fooledRows(await linearTarget.model.scores(found), 2, linearTarget.labels)).toEqual([true, true])
  distances('l2', found.data, linearTarget.inputs.data, 6).forEach((distance, row) => {
    const exact = distanceToBorder(linearWeights, 0.4, linearExamples[row] ?? []).l2
    expect(distance / exact).toBeGreaterThan(1 - 1e-9)
    expect(distance / exact).toBeLessThan(1.01)
  })
})

test('a model that answers everything alike is never fooled, and its examples come back unchanged', async () => {
  const model: AttackedModel = {
    classes: 2,
    scores: async (inputs) => Float64Array.from({ length: 2 * (inputs.dims[0] ?? 0) }, (_, place) => 1 - (place % 2)),
  }
  const target = { ...linearTarget, model, labels: [0, 0] }
  const random = createSeededRandom(1)
  expect(await attackWithHopSkipJump({ ...target, norm: 'l2', steps: 2, samples: 5, random })).toEqual(
    linearTarget.inputs,
  )
  expect(await attackWithBoundary({ ...target, steps: 5, random })).toEqual(linearTarget.inputs)
})

for (const directions of ['signs', 'normal'] as const) {
  test(`slopes estimated along random ${directions} lead to the exact ones`, async () => {
    const estimate = { samples: 4000, distance: 0.01, random: createSeededRandom(5) }
    const model = withEstimatedSlope(linearTarget.model, estimate, directions)
    const slope = await model.slope(tensorOf([linearExamples[0] ?? []]), Float64Array.of(-1, 1))
    linearWeights.forEach((weight, index) => {
      expect(Math.abs((slope[index] ?? 0) - weight)).toBeLessThan(0.3)
    })
  })
}

test('pictures are recognised in either layout, and every element has one place', () => {
  expect(pictureOf([2, 6])).toBeUndefined()
  for (const dims of [
    [1, 3, 8, 5],
    [1, 8, 5, 3],
  ]) {
    const picture = pictureOf(dims)
    expect(picture).toMatchObject({ channels: 3, height: 8, width: 5 })
    const places = new Set<number>()
    for (let channel = 0; channel < 3; channel += 1) {
      for (let row = 0; row < 8; row += 1) {
        for (let column = 0; column < 5; column += 1) places.add(picture?.place(channel, row, column) ?? -1)
      }
    }
    expect([...places].sort((left, right) => left - right)).toEqual(Array.from({ length: 120 }, (_, place) => place))
  }
})

const digits = await openDigits(10)
afterAll(digits.close)
const standing = async (found: typeof digits.target.inputs): Promise<number> =>
  fooledRows(await digits.model.scores(found), 10, digits.target.labels).filter((is) => !is).length

test('without any slope, digits fall to Square and to estimated slopes inside the ball', async () => {
  const { target, model } = digits
  const radius = 0.2
  const found = await attackWithSquare({ ...target, norm: 'linf', radius, queries: 150, random: createSeededRandom(1) })
  expect(await standing(found)).toBeLessThan(target.labels.length / 2)
  for (const distance of distances('linf', found.data, target.inputs.data, 784))
    expect(distance).toBeLessThan(radius + 1e-6)
  const far = await attackWithSquare({ ...target, norm: 'l2', radius: 4, queries: 150, random: createSeededRandom(1) })
  expect(await standing(far)).toBeLessThan(target.labels.length / 2)
  const estimated = withEstimatedSlope(model, { samples: 16, distance: 0.05, random: createSeededRandom(1) }, 'signs')
  const climbed = await attackWithPgd({ ...target, radius, steps: 8, objective: objectiveOf(estimated, 'margin') })
  expect(await standing(climbed)).toBeLessThan(target.labels.length)
})

test('digits fall to answers alone', async () => {
  const { target, model } = digits
  const hidden = { ...target, model: answersOnly(model) }
  const found = await attackWithHopSkipJump({
    ...hidden,
    norm: 'l2',
    steps: 4,
    samples: 40,
    random: createSeededRandom(1),
  })
  expect(await standing(found)).toBe(0)
  const walked = await attackWithBoundary({ ...hidden, steps: 60, random: createSeededRandom(1) })
  expect(await standing(walked)).toBe(0)
  for (const [row, distance] of distances('l2', found.data, target.inputs.data, 784).entries()) {
    expect(distance, `row ${row}`).toBeLessThan(10)
  }
})
