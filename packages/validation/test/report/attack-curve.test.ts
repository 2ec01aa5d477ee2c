import { createManualClock, systemClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import type { ClassifierTrial } from '../../src/behaviour/subject.ts'
import { type CurveOptions, measureAttack } from '../../src/report/attack-curve.ts'
import { worstOfAttacks } from '../../src/report/worst-of-attacks.ts'
import { distanceToBorder, halfSpaces, tensorOf } from '../attacks/support.ts'

const weights = [1, -2, 0.5, 3]
const border = 0.4
const model = halfSpaces(weights, border)
const rows = [
  [0.3, 0.6, 0.5, 0.3],
  [0.4, 0.3, 0.5, 0.7],
  [0.5, 0.1, 0.9, 0.9],
]
const labelOf = (row: readonly number[]): number =>
  row.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), -border) > 0 ? 1 : 0
const trial = {
  inputs: tensorOf(rows),
  labels: rows.map(labelOf),
  rows: [4, 5, 7],
  domain: [0, 1],
  // A fourth example was answered wrong from the start.
  examples: 4,
  measure: 'accuracy',
  isMadeUp: false,
} as unknown as ClassifierTrial

const distances = rows.map((row) => distanceToBorder(weights, border, row))
const epsilons = [0.02, 0.06, 0.2, 0.5]
const options = (name: CurveOptions['name'], others: Partial<CurveOptions> = {}): CurveOptions => ({
  name,
  norm: 'linf',
  epsilons,
  effort: {},
  seed: 3,
  budgetMs: 60_000,
  clock: systemClock,
  ...others,
})
const standingAt = (epsilon: number, norm: 'linf' | 'l2' = 'linf', radius = epsilon): number =>
  distances.filter((distance) => distance[norm] > radius).length

test('a bounded attack leaves what lies further from the border than each radius, over all that were tried', async () => {
  const { figures, falls } = await measureAttack(model, trial, options('pgd'))
  expect(figures.curve.map(({ standing }) => standing)).toEqual([3, ...epsilons.map((epsilon) => standingAt(epsilon))])
  for (const { standing, share } of figures.curve) expect(share).toBe(standing / 4)
  expect(figures).toMatchObject({ verdict: 'pass', isEstimated: false, norm: 'linf', seed: 3 })
  for (const fall of falls) expect(epsilons).toContain(fall?.epsilon)
  expect(figures.distances?.greatest).toBeLessThanOrEqual(0.5 + 1e-9)
})

test('an attack that looks for the nearest example draws the same curve from its distances, in one run', async () => {
  const { figures } = await measureAttack(model, trial, options('deepfool'))
  expect(figures.curve.map(({ standing }) => standing)).toEqual([3, ...epsilons.map((epsilon) => standingAt(epsilon))])
  expect(figures.kind).toBe('nearest')
})

test('an epsilon of L2 is a root mean square: its radius grows with the root of the elements', async () => {
  const { figures } = await measureAttack(model, trial, options('pgd', { norm: 'l2' }))
  expect(figures.curve.map(({ radius }) => radius)).toEqual([0, ...epsilons.map((epsilon) => epsilon * 2)])
  expect(figures.curve.map(({ standing }) => standing)).toEqual([
    3,
    ...epsilons.map((epsilon) => standingAt(epsilon, 'l2', 2 * epsilon)),
  ])
})

test('examples that the time did not suffice for are undecided, and the attack incomplete', async () => {
  const { figures } = await measureAttack(model, trial, options('pgd', { budgetMs: -1 }))
  expect(figures.verdict).toBe('incomplete')
  expect(figures.note).toContain('time budget')
  expect(figures.curve).toMatchObject([{ standing: 3 }, { epsilon: 0.02, standing: 0, undecided: 3 }])
})

test('what stands without a gradient is incomplete; when all fell, nobody needs one', async () => {
  const { slope: _, ...blind } = model
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const some = await measureAttack(blind, trial, options('pgd', { epsilons: [0.001], clock }))
  expect(some.figures).toMatchObject({ isEstimated: true, verdict: 'incomplete' })
  expect(some.figures.note).toContain('proves little')
  const none = await measureAttack(blind, trial, options('pgd', { epsilons: [0.9], clock }))
  expect(none.figures).toMatchObject({ isEstimated: true, verdict: 'pass' })
})

test('in the worst case an example falls to the first attack that takes it, and no curve rises', async () => {
  const curves = [
    await measureAttack(model, trial, options('fgsm')),
    await measureAttack(model, trial, options('square', { effort: { queries: 5 } })),
    await measureAttack(model, trial, options('pgd', { norm: 'l2' })),
  ]
  const worst = worstOfAttacks(curves, 'linf', trial)
  expect(worst?.attacks).toEqual(['fgsm', 'square'])
  for (const [place, point] of (worst?.curve ?? []).entries()) {
    const alone = curves.slice(0, 2).map(({ figures }) => figures.curve[place]?.standing ?? 0)
    expect(point.standing).toBeLessThanOrEqual(Math.min(...alone))
    expect(point.standing).toBeLessThanOrEqual(worst?.curve[place - 1]?.standing ?? 3)
  }
  expect(worst?.fallen.every(({ row }) => [4, 5, 7].includes(row))).toBe(true)
  expect(worstOfAttacks(curves, 'l0', trial)).toBeUndefined()
})

test('an attack that was stopped leaves the worst case undecided from there on, so that it never rises again', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const whole = await measureAttack(model, trial, options('fgsm', { clock }))
  const stopped = await measureAttack(model, trial, options('pgd', { budgetMs: -1 }))
  const worst = worstOfAttacks([whole, stopped], 'linf', trial)
  expect(worst?.curve.map(({ standing, undecided }) => [standing, undecided > 0])).toEqual([
    [3, false],
    ...whole.figures.curve.slice(1).map(({ standing }) => [0, standing > 0]),
  ])
})
