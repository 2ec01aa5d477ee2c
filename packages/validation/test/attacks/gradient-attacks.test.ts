import { createSeededRandom } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import { attackWithApgd } from '../../src/behaviour/attacks/apgd.ts'
import { attackWithCarliniWagner } from '../../src/behaviour/attacks/carlini-wagner.ts'
import { attackWithDeepFool } from '../../src/behaviour/attacks/deepfool.ts'
import { attackWithElasticNet, elasticSize } from '../../src/behaviour/attacks/elastic-net.ts'
import { attackWithFab } from '../../src/behaviour/attacks/fab.ts'
import { attackWithFgsm } from '../../src/behaviour/attacks/fgsm.ts'
import { distances, type Norm } from '../../src/behaviour/attacks/norms.ts'
import { fooledRows, objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import { nearestOnPlane } from '../../src/behaviour/attacks/plane.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { openDigits } from './digits.ts'
import { distanceToBorder, halfSpaces, tensorOf } from './support.ts'

const weights = [1, -2, 0.5, 3, -1.5, 0.25]
const border = 0.4
const examples = [
  [0.3, 0.6, 0.5, 0.3, 0.5, 0.5],
  [0.5, 0.5, 0.4, 0.65, 0.5, 0.4],
  [0.4, 0.3, 0.5, 0.7, 0.4, 0.6],
]
const linear = {
  model: halfSpaces(weights, border),
  inputs: tensorOf(examples),
  labels: examples.map((example) =>
    weights.reduce((sum, weight, index) => sum + weight * (example[index] ?? 0), -border) > 0 ? 1 : 0,
  ),
  domain: [-10, 10] as const,
}

/** Every example fools the model, from the distance of the closed form or at most 1 % more. */
const expectClosedForm = async (norm: Exclude<Norm, 'l0'>, found: FloatTensor): Promise<void> => {
  expect(fooledRows(await linear.model.scores(found), 2, linear.labels)).toEqual([true, true, true])
  distances(norm, found.data, linear.inputs.data, weights.length).forEach((distance, row) => {
    const exact = distanceToBorder(weights, border, examples[row] ?? [])[norm]
    expect(distance).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
    expect(distance).toBeLessThanOrEqual(exact * 1.01)
  })
}

test('the nearest change to a plane inside a box is that of a slow search', () => {
  const random = createSeededRandom(4)
  for (let round = 0; round < 100; round += 1) {
    const slope = Array.from({ length: 5 }, () => random.normal())
    const example = slope.map(() => random.uniform())
    const rooms = slope.map((value, index) => (value > 0 ? 1 - (example[index] ?? 0) : (example[index] ?? 0)))
    const most = slope.reduce((sum, value, index) => sum + Math.abs(value) * (rooms[index] ?? 0), 0)
    const gap = random.uniform() * most
    for (const norm of ['linf', 'l2'] as const) {
      const amounts = (level: number): number[] =>
        slope.map((value, index) => Math.min(rooms[index] ?? 0, norm === 'linf' ? level : level * Math.abs(value)))
      const gain = (values: readonly number[]): number =>
        values.reduce((sum, value, index) => sum + value * Math.abs(slope[index] ?? 0), 0)
      let [low, high] = [0, 1e6]
      for (let step = 0; step < 100; step += 1) {
        const middle = (low + high) / 2
        if (gain(amounts(middle)) < gap) low = middle
        else high = middle
      }
      const change = nearestOnPlane(norm, example, slope, gap, [0, 1])
      amounts(high).forEach((amount, index) => {
        expect(Math.abs(change[index] ?? 0)).toBeCloseTo(amount, 6)
      })
    }
    const sparse = nearestOnPlane('l1', example, slope, gap, [0, 1])
    expect(sparse.reduce((sum, value, index) => sum + value * (slope[index] ?? 0), 0)).toBeCloseTo(gap, 9)
    // At most one element stops between its ends.
    expect(
      sparse.filter((value, index) => Math.abs(value) > 1e-9 && Math.abs(value) < (rooms[index] ?? 0) - 1e-9).length,
    ).toBeLessThan(2)
  }
})

test('a plane that the box does not reach is met at the corner that lies nearest to it', () => {
  expect([...nearestOnPlane('linf', [0.5, 0.5], [1, -1], 99, [0, 1])]).toEqual([0.5, -0.5])
})

for (const norm of ['linf', 'l2'] as const) {
  test(`DeepFool finds the closed-form ${norm} distance on a linear model`, async () => {
    await expectClosedForm(norm, await attackWithDeepFool({ ...linear, norm, steps: 5, candidates: 10 }))
  })

  test(`bounded attacks in ${norm} fool a linear model just outside the closed-form distance, and not inside it`, async () => {
    for (const [row, example] of examples.entries()) {
      const exact = distanceToBorder(weights, border, example)[norm]
      for (const [factor, expected] of [
        [0.99, false],
        [1.05, true],
      ] as const) {
        const target = {
          ...linear,
          inputs: tensorOf([example]),
          labels: [linear.labels[row] ?? 0],
          radius: exact * factor,
        }
        const objective = objectiveOf(linear.model, 'cross-entropy')
        const random = createSeededRandom(1)
        for (const found of [
          await attackWithFgsm({ ...target, objective, norm }),
          await attackWithPgd({ ...target, objective, norm, steps: 50, random }),
          await attackWithPgd({ ...target, objective, norm, steps: 20, momentum: 1 }),
          await attackWithApgd({ ...target, loss: 'margin', norm, steps: 50, random }),
        ]) {
          expect(fooledRows(await linear.model.scores(found), 2, target.labels)).toEqual([expected])
        }
      }
    }
  })
}

for (const norm of ['linf', 'l2', 'l1'] as const) {
  test(`FAB finds the closed-form ${norm} distance on a linear model`, async () => {
    await expectClosedForm(norm, await attackWithFab({ ...linear, norm, steps: 20, candidates: 10 }))
  })
}

test('PGD in L1 fools a linear model just outside the closed-form distance, and not inside it', async () => {
  const [example = []] = examples
  for (const [factor, expected] of [
    [0.99, false],
    [1.02, true],
  ] as const) {
    const radius = distanceToBorder(weights, border, example).l1 * factor
    const target = { ...linear, inputs: tensorOf([example]), labels: linear.labels.slice(0, 1), radius }
    const objective = objectiveOf(linear.model, 'margin')
    const found = await attackWithPgd({ ...target, objective, norm: 'l1', steps: 20, random: createSeededRandom(2) })
    expect(fooledRows(await linear.model.scores(found), 2, target.labels)).toEqual([expected])
  }
})

test('Carlini and Wagner find the closed-form L2 distance on a linear model', async () => {
  const inside = { ...linear, domain: [0, 1] as const }
  await expectClosedForm('l2', await attackWithCarliniWagner({ ...inside, searches: 6, steps: 300 }))
})

test('the elastic-net attack finds the optimum that bisection on its conditions finds', async () => {
  const beta = 0.1
  const found = await attackWithElasticNet({ ...linear, domain: [0, 1], beta, searches: 8, steps: 300 })
  examples.forEach((example, row) => {
    // At the optimum each element is the soft threshold of its own weight times one common factor.
    const gap = Math.abs(weights.reduce((sum, weight, index) => sum + weight * (example[index] ?? 0), -border))
    const changes = (factor: number): number[] =>
      weights.map((weight) => Math.max(0, (Math.abs(weight) * factor - beta) / 2))
    let [low, high] = [0, 100]
    for (let step = 0; step < 100; step += 1) {
      const middle = (low + high) / 2
      if (changes(middle).reduce((sum, value, index) => sum + value * Math.abs(weights[index] ?? 0), 0) < gap)
        low = middle
      else high = middle
    }
    const change = Array.from(
      found.data.subarray(row * 6, row * 6 + 6),
      (value, index) => value - (example[index] ?? 0),
    )
    expect(elasticSize(change, beta) / elasticSize(changes(high), beta)).toBeCloseTo(1, 2)
    expect(changes(high).filter((value) => value === 0).length).toBeGreaterThan(0)
  })
})

const digits = await openDigits(20)
afterAll(digits.close)
const standing = async (found: FloatTensor): Promise<number> =>
  fooledRows(await digits.model.scores(found), 10, digits.target.labels).filter((is) => !is).length

test('the slope of weighted scores agrees with central differences of the digits model', async () => {
  const { model } = digits
  const random = createSeededRandom(9)
  // Noise: on the flat paper of a digit MaxPool has ties, where a slope is one of many.
  const data = Float32Array.from({ length: 1568 }, () => random.uniform())
  const inputs = { type: 'float32' as const, dims: [2, 1, 28, 28], data }
  const scoreWeights = new Float64Array(20)
  // Three classes in one row, two in the other.
  scoreWeights.set([0.5, -1, 0.5], 3)
  scoreWeights.set([1, -1], 14)
  const slope = await model.slope(inputs, scoreWeights)
  const value = async (data: Float32Array): Promise<number> => {
    const scores = await model.scores({ ...inputs, data })
    return scoreWeights.reduce((sum, weight, index) => sum + weight * (scores[index] ?? 0), 0)
  }
  const pairs: [number, number][] = []
  for (let round = 0; round < 10; round += 1) {
    const direction = Float32Array.from(data, () => (random.uniform() < 0.5 ? -1 : 1))
    const shifted = (by: number): Float32Array => data.map((element, index) => element + by * (direction[index] ?? 0))
    const difference = ((await value(shifted(1e-4))) - (await value(shifted(-1e-4)))) / 2e-4
    pairs.push([difference, direction.reduce((sum, sign, index) => sum + sign * (slope[index] ?? 0), 0)])
  }
  const apart = Math.hypot(...pairs.map(([difference, expected]) => difference - expected))
  expect(apart / Math.hypot(...pairs.map(([, expected]) => expected))).toBeLessThan(0.05)
})

test('stronger attacks leave fewer digits standing, and all stay inside the ball', async () => {
  const { model, target } = digits
  const radius = 0.1
  const objective = objectiveOf(model, 'margin')
  const random = () => createSeededRandom(3)
  const fgsm = await attackWithFgsm({ ...target, objective, radius })
  const pgd = await attackWithPgd({ ...target, objective, radius, steps: 10, random: random() })
  const apgd = await attackWithApgd({ ...target, loss: 'dlr', norm: 'linf', radius, steps: 20, random: random() })
  for (const found of [fgsm, pgd, apgd]) {
    for (const distance of distances('linf', found.data, target.inputs.data, 784)) {
      expect(distance).toBeLessThanOrEqual(radius + 1e-6)
    }
  }
  expect(await standing(pgd)).toBeLessThanOrEqual(await standing(fgsm))
  expect(await standing(apgd)).toBeLessThanOrEqual(await standing(pgd))
  expect(await attackWithApgd({ ...target, loss: 'dlr', norm: 'linf', radius, steps: 20, random: random() })).toEqual(
    apgd,
  )
})

test('minimum-norm attacks fool every digit, each from near by, and agree about how near', async () => {
  const { target } = digits
  const mean = (norm: Norm, found: FloatTensor): number =>
    distances(norm, found.data, target.inputs.data, 784).reduce((sum, value) => sum + value / target.labels.length, 0)
  const deepfool = await attackWithDeepFool({ ...target, norm: 'l2', steps: 20, candidates: 3 })
  const fab = await attackWithFab({ ...target, norm: 'l2', steps: 10, candidates: 2 })
  expect([await standing(deepfool), await standing(fab)]).toEqual([0, 0])
  expect(mean('l2', fab)).toBeLessThan(mean('l2', deepfool) * 1.05)
  expect(mean('l2', fab)).toBeGreaterThan(0.1)
})

test('Carlini and Wagner fool every digit in twenty steps as well, from black paper, where the hidden variable is far out', async () => {
  const { target } = digits
  const found = await attackWithCarliniWagner({ ...target, searches: 4, steps: 20 })
  expect(await standing(found)).toBe(0)
  for (const distance of distances('l2', found.data, target.inputs.data, 784)) expect(distance).toBeLessThan(3)
})
