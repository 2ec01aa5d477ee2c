import { readFileSync } from 'node:fs'
import { createManualClock, type SessionFactory, systemClock } from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterAll, expect, test } from 'vitest'
import { defaultRobustnessOptions, testRobustness } from '../src/behaviour/robustness.ts'
import { openSubject } from '../src/behaviour/subject.ts'
import { digitsDataset, modelFile } from './attacks/digits.ts'

const bytes = { main: readFileSync(modelFile) }
const sessions = createInProcessSessions()
const openWith = (factory: SessionFactory = sessions, dataset = digitsDataset(60)) =>
  openSubject({ path: 'digits.onnx', model: readOnnx(bytes.main), bytes, sessions: factory, dataset, seed: 1 })
const subject = await openWith()
afterAll(() => subject.close())

const suite = { corruptions: ['gaussian-noise', 'fog', 'saturate'], severities: [1, 5] } as const
const options = { ...defaultRobustnessOptions, suite }

test('the manifest’s tests and the suite are measured, and the worst counts for the score', async () => {
  const outcome = await testRobustness(subject, options, systemClock)
  expect(outcome).toMatchObject({ verdict: 'pass', findings: [], skipped: [] })
  expect(Object.keys(outcome.measurements)).toEqual([
    'examples',
    'accuracy',
    'accuracyUnderNoise=0.1',
    'accuracyUnderBlur=3x3',
    'accuracyUnderGaussianNoise=1',
    'accuracyUnderGaussianNoise=5',
    'accuracyUnderFog=1',
    'accuracyUnderFog=5',
    'accuracyUnderSaturate=1',
    'accuracyUnderSaturate=5',
    'meanCorruptionError',
    'relativeMeanCorruptionError',
  ])
  expect(outcome.meanCorruptionError).toMatchObject({
    isRelativeToBaseline: false,
    corruptions: ['gaussian-noise', 'fog'],
  })
  expect(outcome.corruptions?.cleanAccuracy).toBe(outcome.measurements.accuracy)
  expect(outcome.kept?.kept).toBeLessThanOrEqual(1)
  expect(await testRobustness(subject, options, systemClock)).toEqual(outcome)
})

test('nothing is asked for, no time or a stop: incomplete, with what was measured before', async () => {
  expect(
    await testRobustness(subject, { ...options, tests: [], suite: undefined as never }, systemClock),
  ).toMatchObject({
    verdict: 'incomplete',
    note: 'no corruption was asked for',
  })
  const none = await testRobustness(subject, { ...options, budgetMs: 0 }, systemClock)
  expect(none).toMatchObject({ verdict: 'incomplete', note: 'stopped after its budget of 0 ms' })
  expect(none.kept).toBeUndefined()

  const controller = new AbortController()
  const stopped = await testRobustness(
    subject,
    { ...options, signal: controller.signal, progress: (done) => done === 3 && controller.abort() },
    systemClock,
  )
  expect(stopped.verdict).toBe('incomplete')
  expect(stopped.note).toContain('ABORTED')
  expect(stopped.measurements['accuracyUnderFog=1']).toBeGreaterThan(0)
  expect(stopped.measurements['accuracyUnderFog=5']).toBeUndefined()
  expect(stopped.kept).toBeDefined()
})

test('the suite has what is left of the budget', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const slow: SessionFactory = {
    open: async (model, sessionOptions) => {
      const session = await sessions.open(model, sessionOptions)
      return {
        ...session,
        run: (feeds, runOptions) => {
          clock.advance(10)
          return session.run(feeds, runOptions)
        },
      }
    },
  }
  const open = await openWith(slow)
  const outcome = await testRobustness(open, { ...options, budgetMs: 65 }, clock)
  await open.close()
  expect(outcome.verdict).toBe('incomplete')
  expect(outcome.note).toContain('common corruptions stopped: DEADLINE_EXCEEDED')
  expect(Object.keys(outcome.measurements).length).toBeGreaterThan(3)
})

test('inputs outside their domain and answers that are no number leave it incomplete', async () => {
  const dataset = digitsDataset(60)
  const open = await openWith(sessions, { ...dataset, domain: [0, 0.5] as never })
  expect(await testRobustness(open, options, systemClock)).toMatchObject({
    verdict: 'incomplete',
    note: expect.stringContaining('outside their domain'),
  })
  await open.close()

  const speechless: SessionFactory = {
    open: async (model, sessionOptions) => {
      const session = await sessions.open(model, sessionOptions)
      let runs = 0
      return {
        ...session,
        run: async (feeds, runOptions) => {
          const outputs = await session.run(feeds, runOptions)
          runs += 1
          // Clean examples are answered, corrupted ones are not.
          if (runs < 3) return outputs
          return Object.fromEntries(
            Object.entries(outputs).map(([name, { type, dims }]) => [
              name,
              { type, dims, data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(Number.NaN) },
            ]),
          )
        },
      }
    },
  }
  const mute = await openWith(speechless)
  const outcome = await testRobustness(mute, options, systemClock)
  await mute.close()
  expect(outcome.verdict).toBe('incomplete')
  expect(outcome.note).toContain('answered by no number')
  expect(outcome.kept?.kept).toBe(0)
})

test('a suite for another kind of input is skipped by name, and leaves the stage incomplete', async () => {
  const outcome = await testRobustness(subject, { ...options, suite: { modality: 'tabular' } }, systemClock)
  expect(outcome.skipped).toEqual([
    { name: 'robustness/common-corruptions', reason: expect.stringContaining('4 do not fit') },
  ])
  expect(outcome.verdict).toBe('incomplete')
})
