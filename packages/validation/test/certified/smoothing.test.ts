import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { certifyBySmoothing, type SmoothingOptions, smoothedAccuracy } from '../../src/behaviour/certified/index.ts'
import { clopperPearsonLower } from '../../src/statistics/clopper-pearson.ts'
import { normalQuantile } from '../../src/statistics/normal.ts'
import { distanceToBorder, halfSpaces, linearExamples, linearWeights, tensorOf } from '../attacks/support.ts'

const options: SmoothingOptions = {
  model: halfSpaces(linearWeights, 0.4),
  inputs: tensorOf(linearExamples),
  sigma: 0.25,
  seed: 1,
  samples: 2000,
}

test('the interval of Clopper and Pearson is that of scipy', () => {
  // scipy.stats.beta.ppf(alpha, k, n - k + 1), SciPy 1.10
  for (const [successes, trials, alpha, expected] of [
    [1000, 1000, 0.001, 0.9931160484209338],
    [990, 1000, 0.001, 0.9760361871553114],
    [501, 1000, 0.05, 0.47451559686459027],
    [60, 100, 0.001, 0.4409842652212994],
    [1, 10, 0.05, 0.005116196891823702],
    [9999, 10_000, 0.001, 0.9990770386693395],
    [95_000, 100_000, 0.001, 0.9478348965038926],
    [3, 3, 0.25, 0.6299605249474366],
  ] as const) {
    expect(clopperPearsonLower(successes, trials, alpha)).toBeCloseTo(expected, 9)
  }
  expect(clopperPearsonLower(0, 100, 0.001)).toBe(0)
})

test('the quantile of the normal distribution is that of scipy, and never above it', () => {
  // scipy.stats.norm.ppf, SciPy 1.10
  for (const [share, expected] of [
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.9999, 3.719016485455709],
    [0.999999, 4.753424308817087],
  ] as const) {
    expect(normalQuantile(share)).toBeCloseTo(expected, 9)
  }
})

test('on a linear model the certified radius comes up to the distance to the border, and not over it', async () => {
  const many = await certifyBySmoothing({ ...options, samples: 20_000, alpha: 1e-6 })
  linearExamples.forEach((example, row) => {
    const distance = distanceToBorder(linearWeights, 0.4, example).l2
    const certificate = many.certificates[row]
    expect(certificate?.answer).toBe(row)
    expect(certificate?.radius).toBeLessThanOrEqual(distance)
    expect(certificate?.radius).toBeGreaterThan(distance * 0.8)
  })
})

test('of a hundred certificates hardly one is wrong, and more samples certify more', async () => {
  const distance = distanceToBorder(linearWeights, 0.4, linearExamples[1] ?? []).l2
  const inputs = tensorOf(Array.from({ length: 100 }, () => [...(linearExamples[1] ?? [])]))
  const few = await certifyBySmoothing({ ...options, inputs, samples: 100, alpha: 0.05 })
  const wrong = few.certificates.filter((certificate) => (certificate?.radius ?? 0) > distance)
  expect(wrong.length).toBeLessThanOrEqual(12)
  expect(wrong.length).toBeGreaterThan(0)
  const mean = (certificates: typeof few.certificates): number =>
    certificates.reduce((sum, certificate) => sum + (certificate?.radius ?? 0), 0) / 100
  const many = await certifyBySmoothing({ ...options, inputs, samples: 1000, alpha: 0.05 })
  expect(mean(many.certificates)).toBeGreaterThan(mean(few.certificates))
})

test('on the border the smoothed model abstains', async () => {
  const [example = []] = linearExamples
  const weight = linearWeights[3] ?? 1
  const gap = linearWeights.reduce((sum, each, index) => sum + each * (example[index] ?? 0), -0.4)
  const onBorder = example.map((value, index) => (index === 3 ? value - gap / weight : value))
  const { certificates } = await certifyBySmoothing({ ...options, inputs: tensorOf([onBorder]) })
  expect(certificates).toMatchObject([{ answer: undefined, radius: 0 }])
})

test('the same seed gives the same certificates, whatever other examples come before', async () => {
  const both = await certifyBySmoothing(options)
  expect(await certifyBySmoothing(options)).toEqual(both)
  const second = await certifyBySmoothing({ ...options, inputs: tensorOf([[...(linearExamples[1] ?? [])]]), seed: 2 })
  expect(second.certificates[0]).toEqual(both.certificates[1])
})

test('accuracy falls with the radius, and what was not reached counts as lost', () => {
  const certificates = [
    { answer: 1, radius: 0.5, probability: 0.9 },
    { answer: 0, radius: 0.2, probability: 0.8 },
    undefined,
  ]
  expect([0, 0.2, 0.3, 0.6].map((radius) => smoothedAccuracy(certificates, [1, 0, 1], radius))).toEqual([
    2 / 3,
    2 / 3,
    1 / 3,
    0,
  ])
})

test('a budget that runs out and a caller that stops leave examples without certificates', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const model = {
    ...options.model,
    scores: (inputs: SmoothingOptions['inputs']) => {
      clock.advance(10)
      return options.model.scores(inputs)
    },
  }
  const late = await certifyBySmoothing({ ...options, model, clock, budgetMs: 200 })
  expect(late.certificates.map((certificate) => certificate === undefined)).toEqual([false, true])
  expect(late.stopped).toContain('DEADLINE_EXCEEDED')
  const stopped = await certifyBySmoothing({ ...options, signal: AbortSignal.abort() })
  expect(stopped).toMatchObject({ certificates: [undefined, undefined], stopped: expect.stringContaining('ABORTED') })
  const broken = { ...options.model, scores: async () => [Number.NaN, 0] }
  expect((await certifyBySmoothing({ ...options, model: broken, batch: 1 })).stopped).toContain('OUTPUT_INVALID')
})

test('what cannot be smoothed with is refused with what can', async () => {
  for (const wrong of [
    { sigma: 0 },
    { sigma: Number.NaN },
    { alpha: 0 },
    { alpha: 0.6 },
    { samples: 0 },
    { batch: 1.5 },
  ]) {
    await expect(certifyBySmoothing({ ...options, ...wrong })).rejects.toMatchObject({ code: 'USAGE' })
  }
})
