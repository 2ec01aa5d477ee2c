import { createSeededRandom } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import { attackWithAutoAttack } from '../../src/behaviour/attacks/auto-attack.ts'
import { distances } from '../../src/behaviour/attacks/norms.ts'
import { objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import { type WorstCase, worstCase } from '../../src/behaviour/attacks/worst-case.ts'
import { openDigits } from './digits.ts'
import {
  distanceToBorder,
  halfSpaces,
  linearExamples,
  linearModel,
  linearTarget,
  linearWeights,
  tensorOf,
} from './support.ts'

const effort = { steps: 20, targets: 9, queries: 50 }

for (const norm of ['linf', 'l2'] as const) {
  test(`AutoAttack in ${norm} fells exactly those examples whose closed-form distance lies inside the ball`, async () => {
    const exact = linearExamples.map((example) => distanceToBorder(linearWeights, 0.4, example)[norm])
    for (const [radius, expected] of [
      [Math.min(...exact) * 0.99, [false, false]],
      [Math.min(...exact) * 1.02, exact.map((distance) => distance === Math.min(...exact))],
      [Math.max(...exact) * 1.02, [true, true]],
    ] as const) {
      const random = createSeededRandom(1)
      const { fooledBy, found } = await attackWithAutoAttack({ ...linearTarget, norm, radius, random, effort })
      expect(fooledBy.map((name) => name !== undefined)).toEqual(expected)
      for (const size of distances(norm, found.data, linearTarget.inputs.data, 6))
        expect(size).toBeLessThanOrEqual(radius * (1 + 1e-5))
    }
  })
}

test('with four classes or more the targeted attacks take part', async () => {
  const model = linearModel([
    [0, 0],
    [1, 0],
    [0, 1],
    [-1, -1],
  ])
  const names: string[] = []
  const { fooledBy } = await attackWithAutoAttack({
    model,
    inputs: tensorOf([[-0.5, -0.2]]),
    labels: [3],
    domain: [-1, 1],
    norm: 'linf',
    radius: 0.2,
    random: createSeededRandom(1),
    effort,
    record: (_, name) => names.push(name),
  })
  expect(fooledBy).toEqual([undefined])
  expect(names).toEqual([
    'apgd-cross-entropy',
    ...[1, 2, 3].map((place) => `apgd-targeted-dlr (target ${place})`),
    ...[1, 2, 3].map((place) => `fab-targeted (target ${place})`),
    'square',
  ])
})

test('what lies outside the ball is no success, and a fallen example is not attacked again', async () => {
  const seen: number[][] = []
  const reach = (by: number) => ({
    name: `by ${by}`,
    run: async (
      { inputs }: Pick<WorstCase, never> & { inputs: typeof linearTarget.inputs },
      rows: readonly number[],
    ) => {
      seen.push([...rows])
      return { ...inputs, data: inputs.data.map((value, index) => value + (rows[0] === 0 && index < 6 ? by : 0)) }
    },
  })
  const result = await worstCase({
    model: halfSpaces([1, 0, 0, 0, 0, 0], 0.4),
    inputs: linearTarget.inputs,
    labels: [0, 0],
    domain: linearTarget.domain,
    bounds: { norm: 'linf', radius: 0.3 },
    attacks: [reach(5), reach(0.2), reach(0.25)],
  })
  expect(seen).toEqual([[0, 1], [0, 1], [1]])
  expect(result.fooledBy).toEqual(['by 0.2', undefined])
  expect([...result.found.data.subarray(6)]).toEqual(linearExamples[1])
})

test('a stopped ensemble leaves what it had found', async () => {
  let kept: WorstCase | undefined
  const stopped = worstCase({
    ...linearTarget,
    bounds: { norm: 'linf', radius: 10 },
    attacks: [
      {
        name: 'far',
        run: async ({ inputs }) => ({
          ...inputs,
          data: inputs.data.map((value, index) => (index < 6 ? value + (linearWeights[index] ?? 0) : value)),
        }),
      },
      { name: 'stopped', run: () => Promise.reject(new Error('stop')) },
    ],
    record: (progress) => {
      kept = progress
    },
  })
  await expect(stopped).rejects.toThrow('stop')
  expect(kept?.fooledBy).toEqual(['far', undefined])
})

const digits = await openDigits(10)
afterAll(digits.close)

test('AutoAttack leaves no more digits standing than PGD, and repeats itself with the same seed', async () => {
  const { target, model } = digits
  const radius = 0.1
  const attack = () =>
    attackWithAutoAttack({
      ...target,
      norm: 'linf',
      radius,
      random: createSeededRandom(7),
      effort: { steps: 8, targets: 2, queries: 20 },
    })
  const first = await attack()
  const standing = first.fooledBy.filter((name) => name === undefined).length
  const pgd = await worstCase({
    ...target,
    attacks: [
      {
        name: 'pgd',
        run: (rest) => attackWithPgd({ ...rest, radius, steps: 8, objective: objectiveOf(model, 'margin') }),
      },
    ],
  })
  expect(standing).toBeLessThanOrEqual(pgd.fooledBy.filter((name) => name === undefined).length)
  expect(await attack()).toEqual(first)
})
