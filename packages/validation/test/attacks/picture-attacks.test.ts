import { createSeededRandom } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import { distances } from '../../src/behaviour/attacks/norms.ts'
import { fooledRows, objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { findPatch, layPatch } from '../../src/behaviour/attacks/patch.ts'
import { attackWithSaliencyMap, attackWithSparsePgd } from '../../src/behaviour/attacks/sparse.ts'
import { attackWithMovements, movePictures } from '../../src/behaviour/attacks/spatial.ts'
import { addToAll, findUniversalPerturbation } from '../../src/behaviour/attacks/universal.ts'
import type { FloatTensor } from '../../src/behaviour/dataset.ts'
import { openDigits } from './digits.ts'
import { halfSpaces, tensorOf } from './support.ts'

const weights = [1, -2, 0.5, 3, -1.5, 0.25]
const example = [0.3, 0.6, 0.5, 0.3, 0.5, 0.5]
const linear = { model: halfSpaces(weights, 0.4), inputs: tensorOf([example]), labels: [0], domain: [0, 1] as const }

/** The least number of elements that must go to their end to cross the border, by trying every choice. */
const leastElements = (): number => {
  const gap = 0.4 - weights.reduce((sum, weight, index) => sum + weight * (example[index] ?? 0), 0)
  let least = Number.POSITIVE_INFINITY
  for (let choice = 0; choice < 64; choice += 1) {
    const gains = weights.map(
      (weight, index) => Math.abs(weight) * (weight > 0 ? 1 - (example[index] ?? 0) : (example[index] ?? 0)),
    )
    const chosen = gains.filter((_, index) => (choice >> index) % 2 === 1)
    if (chosen.reduce((sum, gain) => sum + gain, 0) > gap) least = Math.min(least, chosen.length)
  }
  return least
}

test('sparse attacks change no more elements of a linear model than the best choice does', async () => {
  const farther = { ...linear, model: halfSpaces(weights, 3) }
  for (const model of [linear.model, farther.model]) {
    const target = { ...linear, model, most: 6 }
    const found = await attackWithSaliencyMap(target)
    const changed = distances('l0', found.data, linear.inputs.data, 6)[0] ?? 0
    expect(fooledRows(await model.scores(found), 2, [0])).toEqual([true])
    if (model === linear.model) expect(changed).toBe(leastElements())
    for (const [most, expected] of [
      [changed, true],
      [changed - 1, false],
    ] as const) {
      const sparse = await attackWithSparsePgd({ ...target, most, steps: 20 })
      expect(fooledRows(await model.scores(sparse), 2, [0])).toEqual([expected])
      expect(distances('l0', sparse.data, linear.inputs.data, 6)[0]).toBeLessThanOrEqual(most)
    }
  }
})

test('a universal change of a linear model is the steepest one, for examples unseen as well', async () => {
  const seen = { ...linear, inputs: tensorOf([example, example.map((value) => value * 0.9)]), labels: [0, 0] }
  const bounds = { norm: 'linf', radius: 0.1, domain: [-10, 10] } as const
  const objective = objectiveOf(linear.model, 'margin')
  const { change } = await findUniversalPerturbation({ ...seen, ...bounds, objective, steps: 10 })
  expect([...change].map((value) => Number(value.toFixed(9)))).toEqual(weights.map((weight) => 0.1 * Math.sign(weight)))
  const unseen = addToAll(tensorOf([example.map((value) => value + 0.01)]), change, bounds)
  expect(fooledRows(await linear.model.scores(unseen), 2, [0])).toEqual([true])
})

test('a picture is turned and shifted as the words say, in either layout', () => {
  const data = Float64Array.from({ length: 9 }, (_, index) => index)
  const shift = { degrees: 0, right: 1, down: 0 }
  const turn = { degrees: 90, right: 0, down: 0 }
  for (const dims of [
    [1, 1, 3, 3],
    [1, 3, 3],
  ]) {
    const picture = { type: 'float64', dims, data } as const
    expect([...movePictures(picture, shift).data]).toEqual([0, 0, 1, 3, 3, 4, 6, 6, 7])
    // What was on the right is on top after a quarter turn counter-clockwise.
    expect([...movePictures(picture, turn).data].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([
      2, 5, 8, 1, 4, 7, 0, 3, 6,
    ])
  }
  expect(() => movePictures(tensorOf([example]), shift)).toThrowError(
    expect.objectContaining({ code: 'INPUT_INVALID' }),
  )
})

const digits = await openDigits(20)
afterAll(digits.close)
const fallen = async (found: FloatTensor): Promise<number> =>
  fooledRows(await digits.model.scores(found), 10, digits.target.labels).filter((is) => is).length

test('digits fall to turns and shifts, to a patch and to one change for all', async () => {
  const { target, model } = digits
  const objective = objectiveOf(model, 'margin')
  const random = () => createSeededRandom(1)
  const moved = await attackWithMovements({ ...target, turn: { most: 30, count: 5 }, shift: { most: 4, count: 3 } })
  expect(await fallen(moved)).toBeGreaterThan(5)
  const { patch, found } = await findPatch({ ...target, objective, share: 0.4, steps: 15, random: random() })
  expect(patch.values.every((value) => value >= 0 && value <= 1)).toBe(true)
  const noise = { side: patch.side, values: patch.values.map(() => 0.5) }
  expect(await fallen(found)).toBeGreaterThan(await fallen(layPatch(target.inputs, noise, random())))
  const universal = await findUniversalPerturbation({ ...target, objective, norm: 'linf', radius: 0.2, steps: 10 })
  expect(await fallen(universal.found)).toBeGreaterThan(5)
})

test('digits fall to a few elements', async () => {
  const { target } = digits
  const found = await attackWithSaliencyMap({ ...target, most: 40 })
  expect(await fallen(found)).toBeGreaterThan(10)
  const sparse = await attackWithSparsePgd({ ...target, most: 40, steps: 15 })
  expect(await fallen(sparse)).toBeGreaterThan(10)
  for (const tensor of [found, sparse]) {
    for (const count of distances('l0', tensor.data, target.inputs.data, 784)) expect(count).toBeLessThanOrEqual(40)
  }
})
