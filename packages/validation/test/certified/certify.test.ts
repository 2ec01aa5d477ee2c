import { createManualClock } from '@nootropic/core'
import { createNode, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runAttack } from '../../src/behaviour/attacks/run-attack.ts'
import {
  boxesAround,
  certifiedRows,
  certifyByIntervals,
  defaultIntervalCertificateOptions,
  openIntervals,
} from '../../src/behaviour/certified/index.ts'
import { openAttackedModel } from '../../src/behaviour/objectives.ts'
import { range, takeRows } from '../../src/behaviour/rows.ts'
import { openSubject, prepareTrial } from '../../src/behaviour/subject.ts'
import { tensorOf } from '../attacks/support.ts'
import { behindInput, openModel, planted, trainedModel } from '../honesty/planted.ts'
import { floats, modelOf } from '../support/models.ts'

test('a box holds all numbers within the radius and within the domain, in float32 too', () => {
  fc.assert(
    fc.property(
      fc.float({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.constantFrom('float32' as const, 'float64' as const),
      (value, radius, type) => {
        const data = type === 'float32' ? Float32Array.of(value) : Float64Array.of(value)
        const { lower, upper } = boxesAround({ type, dims: [1, 1], data }, radius, [0, 1])
        expect(lower.data[0]).toBeLessThanOrEqual(Math.max(0, value - radius))
        expect(upper.data[0]).toBeGreaterThanOrEqual(Math.min(1, value + radius))
        expect(lower.data[0]).toBeGreaterThan(Math.max(0, value - radius) - 1e-6)
        expect(upper.data[0]).toBeLessThan(Math.min(1, value + radius) + 1e-6)
      },
    ),
    { seed: 1 },
  )
})

test('a row is certified when its label is above every other score; ties and NaN are not', () => {
  const bounds = (least: number[], greatest: number[], width = 2) => ({
    least: Float64Array.from(least),
    greatest: Float64Array.from(greatest),
    width,
  })
  expect(certifiedRows(bounds([3, 0, 0, 3], [4, 2, 3, 4]), [0, 1])).toEqual([true, false])
  expect(certifiedRows(bounds([Number.NaN, 0, 3, Number.NaN], [4, 1, 4, Number.NaN]), [0, 0])).toEqual([false, false])
  expect(certifiedRows(bounds([0.1, -2, -1, 0], [1, -1, 1, 0], 1), [1, 0, 0, 0])).toEqual([true, true, false, false])
})

test('behind a softmax or a sigmoid, scores that may become one number certify nothing', () => {
  const near = { least: Float64Array.of(0, 1e-7), greatest: Float64Array.of(0, 1e-7), width: 2 }
  expect([certifiedRows(near, [1]), certifiedRows(near, [1], 1e-6)]).toEqual([[true], [false]])
  const logit = { least: Float64Array.of(1e-7), greatest: Float64Array.of(1e-7), width: 1 }
  expect([certifiedRows(logit, [1]), certifiedRows(logit, [1], 1e-6)]).toEqual([[true], [false]])
})

test('no answer that rounding makes the other one is certified', async () => {
  // In a corner of the box the logit is 1e-9: above zero, and the sigmoid of it is a half, which is answered 0.
  const model = modelOf({
    nodes: [createNode('Gemm', ['x', 'w'], ['logit']), createNode('Sigmoid', ['logit'], ['y'])],
    initializer: [floats('float32', 'w', [2, 1], [1e-6, -1e-6])],
    input: ['batch', 2],
    output: ['batch', 1],
  })
  const inputs = { type: 'float32' as const, dims: [2, 2], data: Float32Array.of(1, 0, 0, 1) }
  const dataset = { inputs, labels: [1, 0], domain: [0, 1] as const }
  const bytes = { main: writeOnnx(model) }
  const subject = await openSubject({ path: 'm', model, bytes, sessions: createInProcessSessions(), dataset, seed: 1 })
  const outcome = await certifyByIntervals(subject, { ...defaultIntervalCertificateOptions, epsilons: [0.4995] })
  await subject.close()
  expect(outcome).toMatchObject({ verdict: 'pass', measurements: { 'certifiedAccuracyAtEpsilon=0.4995': 0 } })
})

test('what is certified falls with the radius, and training against attacks certifies more', async () => {
  const shares: Record<string, number[]> = {}
  for (const name of ['sound', 'hardened'] as const) {
    const subject = await openModel(trainedModel(name), 60)
    const outcome = await certifyByIntervals(subject, { ...defaultIntervalCertificateOptions, examples: 60 })
    await subject.session.close()
    expect(outcome).toMatchObject({ verdict: 'pass', findings: [] })
    shares[name] = [0.001, 0.003, 0.01, 0.03].map(
      (epsilon) => outcome.measurements[`certifiedAccuracyAtEpsilon=${epsilon}`] ?? -1,
    )
    expect(shares[name]).toEqual(shares[name]?.toSorted((left, right) => right - left))
  }
  expect(shares.hardened?.[2]).toBeGreaterThan(0.5)
  expect(shares.hardened?.[2]).toBeGreaterThan(shares.sound?.[2] ?? 1)
})

test('no attack fools an example that is certified', async () => {
  const subject = await openModel(trainedModel('hardened'), 40)
  const trial = await prepareTrial(subject, 40)
  if ('reason' in trial) throw new Error(trial.reason)
  const { batch } = trial.classifier
  const probe = takeRows(trial.inputs, [0, 1])
  const open = await openIntervals(subject.model, { sessions: subject.sessions, probe, batch })
  if (!open.isDerived) throw new Error(open.reason)
  const radius = 0.012
  const certified = certifiedRows(await open.bounds(boxesAround(trial.inputs, radius, [0, 1])), trial.labels)
  const rows = range(trial.labels.length).filter((row) => certified[row])
  expect(rows.length).toBeGreaterThan(10)
  const { model, close } = await openAttackedModel(subject, trial)
  const target = {
    inputs: takeRows(trial.inputs, rows),
    labels: rows.map((row) => trial.labels[row] ?? -1),
    domain: trial.domain,
  }
  const attack = await runAttack('pgd', { ...target, model, norm: 'linf', radius, seed: 1 })
  expect(attack.fooled.some(Boolean)).toBe(false)
  await Promise.all([open.close(), close(), subject.session.close()])
})

test('what has no bounds is incomplete and says by which operators', async () => {
  const plant = planted['ripples that turn the slope round and round']?.plant
  const subject = await openModel(plant?.(trainedModel('sound')) ?? trainedModel('sound'), 10)
  const outcome = await certifyByIntervals(subject)
  await subject.session.close()
  expect(outcome.verdict).toBe('incomplete')
  expect(outcome.note).toContain('Sin')
  expect(outcome.measurements).toEqual({})
})

test('chance that reads no input has no bounds either', async () => {
  const plain = trainedModel('sound')
  const noise = createNode('RandomNormal', [], ['noise'], { shape: [1n, 1n, 28n, 28n], scale: 0.5 })
  const model = behindInput(plain, [noise, createNode('Add', ['image', 'noise'], ['changed'])], {})
  const subject = await openModel(model, 10)
  const outcome = await certifyByIntervals(subject)
  await subject.session.close()
  expect(outcome).toMatchObject({ verdict: 'incomplete', note: expect.stringContaining('RandomNormal') })
})

test('a budget that runs out keeps the radii that are proved, and is incomplete', async () => {
  const subject = await openModel(trainedModel('hardened'), 20)
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const outcome = await certifyByIntervals(
    subject,
    { ...defaultIntervalCertificateOptions, budgetMs: 50, progress: () => clock.advance(40) },
    clock,
  )
  expect(outcome.verdict).toBe('incomplete')
  expect(Object.keys(outcome.measurements)).toEqual([
    'examples',
    'certifiedAccuracyAtEpsilon=0.001',
    'certifiedAccuracyAtEpsilon=0.003',
  ])
  const stopped = await certifyByIntervals(subject, {
    ...defaultIntervalCertificateOptions,
    signal: AbortSignal.abort(),
  })
  expect(stopped).toMatchObject({ verdict: 'incomplete', measurements: { examples: 20 } })
  expect(
    await certifyByIntervals(subject, { ...defaultIntervalCertificateOptions, epsilons: [Number.NaN] }),
  ).toMatchObject({
    verdict: 'incomplete',
  })
  await subject.session.close()
})

test('examples outside their domain are certified for nothing', async () => {
  const subject = await openModel(trainedModel('sound'), 10)
  const dataset = { ...subject.dataset, inputs: subject.dataset?.inputs ?? tensorOf([[0]]), domain: [0, 0.5] as const }
  const outcome = await certifyByIntervals({ ...subject, dataset })
  await subject.session.close()
  expect(outcome).toMatchObject({ verdict: 'incomplete', note: expect.stringContaining('domain') })
})
