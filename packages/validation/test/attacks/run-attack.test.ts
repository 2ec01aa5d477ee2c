import { createManualClock } from '@nootropic/core'
import { afterAll, expect, test } from 'vitest'
import type { AttackDescription } from '../../src/behaviour/attacks/attack-description.ts'
import { type AttackedModel, evaluate } from '../../src/behaviour/attacks/objective.ts'
import { type AttackName, attackRegistry } from '../../src/behaviour/attacks/registry.ts'
import { type AttackRun, runAttack } from '../../src/behaviour/attacks/run-attack.ts'
import { takeRows } from '../../src/behaviour/rows.ts'
import { openDigits } from './digits.ts'
import { distanceToBorder, halfSpaces, linearModel, tensorOf } from './support.ts'

const weights = [1, -2, 0.5, 3, -1.5, 0.25]
const examples = [
  [0.3, 0.6, 0.5, 0.3, 0.5, 0.5],
  [0.4, 0.3, 0.5, 0.7, 0.4, 0.6],
]
const run: AttackRun = {
  model: halfSpaces(weights, 0.4),
  inputs: tensorOf(examples),
  labels: [0, 1],
  domain: [-10, 10],
  norm: 'linf',
  radius: 1,
  seed: 1,
}
const names = Object.keys(attackRegistry) as AttackName[]
const describe = (name: AttackName): AttackDescription => attackRegistry[name]
const digits = await openDigits(4)
afterAll(digits.close)

for (const name of names.filter((each) => describe(each).kind === 'nearest')) {
  for (const norm of describe(name).norms) {
    // The elastic net minimises L2 and L1 together; its own optimum has its own test.
    if (norm === 'l0' || name === 'elastic-net') continue
    test(`${name} finds the closed-form ${norm} distance on a linear model`, async () => {
      const effort = { steps: name === 'carlini-wagner' ? 300 : 30, queries: 1500 }
      const domain = name === 'carlini-wagner' ? ([0, 1] as const) : run.domain
      const outcome = await runAttack(name, { ...run, norm, domain, effort })
      expect(outcome.fooled).toEqual([true, true])
      outcome.distances.forEach((distance, row) => {
        const ratio = distance / distanceToBorder(weights, 0.4, examples[row] ?? [])[norm]
        expect(ratio).toBeGreaterThan(1 - 1e-9)
        expect(ratio).toBeLessThan(1.01)
      })
    })
  }
}

test('every registered attack attacks digits in every norm it names, inside its ball, and repeats itself', async () => {
  const radii = { linf: 0.15, l2: 2, l1: 15, l0: 20 }
  const inputs = takeRows(digits.target.inputs, [0, 1])
  for (const name of names) {
    for (const norm of describe(name).norms) {
      const radius = describe(name).kind === 'other' ? 0.25 : radii[norm]
      const effort = { steps: 3, queries: 6, candidates: 2, restarts: 2 }
      const target = {
        ...digits.target,
        inputs,
        labels: digits.target.labels.slice(0, 2),
        norm,
        radius,
        seed: 3,
        effort,
      }
      const outcome = await runAttack(name, target)
      expect(outcome.stopped, name).toBeUndefined()
      expect(outcome.fooled.every((is) => is !== undefined)).toBe(true)
      expect(outcome.queries).toBeGreaterThan(0)
      expect(outcome.found.data.every((value) => value >= 0 && value <= 1)).toBe(true)
      if (describe(name).kind === 'bounded') {
        for (const distance of outcome.distances)
          expect(distance, `${name} ${norm}`).toBeLessThanOrEqual(radius * (1 + 1e-5))
      }
      if (name === 'pgd' || name === 'square') expect(await runAttack(name, target)).toEqual(outcome)
    }
  }
})

test('without a gradient the slope is estimated, and the outcome says so', async () => {
  const { classes, scores } = run.model
  const outcome = await runAttack('pgd', { ...run, model: { classes, scores } })
  expect(outcome).toMatchObject({ isEstimated: true, fooled: [true, true] })
  expect(await runAttack('square', { ...run, model: { classes, scores } })).toMatchObject({ isEstimated: false })
})

test('scores so large that the cross-entropy is flat do not hide a weak model: the margin falls', async () => {
  const model = halfSpaces(
    weights.map((weight) => weight * 1e6),
    0.4e6,
  )
  const { slope } = await evaluate(model, 'cross-entropy', run.inputs, run.labels)
  expect(Array.from(slope).every((value) => value === 0)).toBe(true)
  for (const name of ['fgsm', 'bim', 'pgd', 'apgd', 'auto-attack'] as const) {
    expect((await runAttack(name, { ...run, model })).fooled, name).toEqual([true, true])
  }
})

test('a budget that runs out keeps what was found, and does not call the rest robust', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const model: AttackedModel = {
    ...run.model,
    scores: (inputs) => {
      clock.advance(10)
      return run.model.scores(inputs)
    },
  }
  const outcome = await runAttack('fgsm', { ...run, model, chunk: 1, clock, budgetMs: 25 })
  expect(outcome.fooled).toEqual([true, undefined])
  expect(outcome.stopped).toContain('DEADLINE_EXCEEDED')
  expect([...outcome.found.data.subarray(6)]).toEqual(examples[1])
  const none = await runAttack('fgsm', { ...run, model, clock, budgetMs: -1 })
  expect(none).toMatchObject({ fooled: [undefined, undefined], queries: 0 })
})

test('the caller can stop an attack at any run of the model', async () => {
  const abort = new AbortController()
  let done = 0
  const outcome = await runAttack('pgd', {
    ...run,
    chunk: 1,
    signal: abort.signal,
    progress: (count) => {
      done = count
      abort.abort()
    },
  })
  expect(done).toBe(1)
  expect(outcome.fooled).toEqual([true, undefined])
  expect(outcome.stopped).toContain('ABORTED')
})

test('answers and slopes that are no numbers leave the attack incomplete', async () => {
  const broken = [
    { ...run.model, scores: async () => Float64Array.of(Number.NaN, 1, 0, 1) },
    { ...run.model, slope: async (inputs: AttackRun['inputs']) => inputs.data.map(() => Number.POSITIVE_INFINITY) },
    { ...run.model, slope: async () => [] },
    { ...run.model, scores: async () => [1, 0] },
  ]
  for (const model of broken) {
    const outcome = await runAttack('pgd', { ...run, model })
    expect(outcome.fooled).toEqual([undefined, undefined])
    expect(outcome.stopped).toContain('OUTPUT_INVALID')
  }
})

test('what does not fit an attack is refused with what would', async () => {
  for (const [wrong, message] of [
    [{ norm: 'l0' }, 'linf, l2, l1'],
    [{ radius: 0 }, 'radius above 0'],
    [{ radius: Number.NaN }, 'radius above 0'],
    [{ labels: [0] }, 'one label an example'],
    [{ chunk: 0 }, 'a whole number from 1 as chunk'],
    [{ effort: { steps: 0 } }, 'a whole number from 1 as steps'],
    [{ labels: [0, 2] }, 'labels from 0 to 1'],
    [{ domain: [0, 0.5] }, 'check the scaling'],
    [{ inputs: { type: 'float64', dims: [0, 6], data: new Float64Array(0) }, labels: [] }, 'one example or more'],
  ] as const) {
    await expect(runAttack('pgd', { ...run, ...wrong } as AttackRun)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(message),
    })
  }
  await expect(runAttack('none' as AttackName, run)).rejects.toMatchObject({ code: 'USAGE' })
  await expect(runAttack('patch', { ...run, norm: 'l0', radius: 2 })).rejects.toMatchObject({ code: 'USAGE' })
  await expect(runAttack('spatial', { ...run, radius: 0.1 })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test('an ensemble that is stopped keeps what its first attacks found', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  let calls = 0
  const inner = linearModel([weights.map(() => 0), weights], [0, -0.4])
  const model = {
    ...inner,
    scores: (inputs: AttackRun['inputs']) => {
      calls += 1
      // The first attack takes few runs, then time is up.
      if (calls > 60) clock.advance(1000)
      return inner.scores(inputs)
    },
  }
  const near = distanceToBorder(weights, 0.4, examples[0] ?? []).linf
  const far = distanceToBorder(weights, 0.4, examples[1] ?? []).linf
  const outcome = await runAttack('auto-attack', { ...run, model, radius: Math.sqrt(near * far), clock, budgetMs: 500 })
  expect([...outcome.fooled].sort()).toEqual([true, undefined])
  expect(outcome.stopped).toContain('DEADLINE_EXCEEDED')
})
