import { createManualClock, type SessionFactory } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { expect, test } from 'vitest'
import { checkHonesty, defaultHonestyOptions, type HonestyOptions } from '../../src/behaviour/honesty/index.ts'
import { openModel, planted, type Trained, trainedModel } from './planted.ts'

/** Little effort: what these tests look at does not depend on it. */
const quick: HonestyOptions = {
  ...defaultHonestyOptions,
  examples: 20,
  effort: { radii: [0.3], steps: 3, queries: 10 },
}

for (const name of ['sound', 'hardened'] satisfies Trained[]) {
  test(`of the sound model "${name}" nothing is said, and every check looked`, async () => {
    const subject = await openModel(trainedModel(name), 60)
    const outcome = await checkHonesty(subject, { ...defaultHonestyOptions, examples: 20 })
    await subject.session.close()
    expect(outcome).toMatchObject({ verdict: 'pass', findings: [], skipped: [] })
  })
}

test('two runs say the same to the last bit', async () => {
  const subject = await openModel(trainedModel('sound'), 40)
  const first = await checkHonesty(subject, { ...quick, examples: 8 })
  expect(await checkHonesty(subject, { ...quick, examples: 8 })).toEqual(first)
  await subject.session.close()
})

test('without a dataset chance alone is looked for, and the rest is named as unchecked', async () => {
  const subject = await openModel(trainedModel('sound'), 1, undefined)
  const outcome = await checkHonesty({ ...subject, dataset: undefined }, quick)
  await subject.session.close()
  expect(outcome.verdict).toBe('incomplete')
  expect(outcome.findings).toEqual([])
  expect(outcome.skipped?.map(({ name }) => name)).toHaveLength(9)
  expect(outcome.skipped?.every(({ reason }) => reason.includes('made up'))).toBe(true)
})

test('a model that has no gradient is not called honest: the checks that need one are named with the operators', async () => {
  const subject = await openModel(
    planted['pixels rounded to 8 bits']?.plant(trainedModel('sound')) ?? trainedModel('sound'),
    40,
  )
  const outcome = await checkHonesty(subject, quick)
  await subject.session.close()
  expect(outcome.skipped?.map(({ name }) => name)).toEqual([
    'honesty/masked-gradient',
    'honesty/saturated-loss',
    'honesty/black-box',
    'honesty/rising-accuracy',
    'honesty/unlimited-change',
  ])
  expect(outcome.skipped?.every(({ reason }) => reason.includes('Round'))).toBe(true)
})

test('a budget that runs out and a caller that stops leave the rest unchecked, never passed', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const inner = createInProcessSessions()
  const slow: SessionFactory = {
    open: async (bytes, options) => {
      const session = await inner.open(bytes, options)
      return {
        ...session,
        run: (feeds, runOptions) => {
          clock.advance(100)
          return session.run(feeds, runOptions)
        },
        close: () => session.close(),
      }
    },
  }
  const subject = await openModel(trainedModel('sound'), 40)
  const slowly = { ...subject, sessions: slow, session: await slow.open(subject.bytes) }
  const late = await checkHonesty(slowly, { ...quick, budgetMs: 1500 }, clock)
  expect(late.verdict).toBe('incomplete')
  expect(late.skipped?.length).toBeGreaterThan(0)
  expect(late.skipped?.every(({ reason }) => reason.startsWith('DEADLINE_EXCEEDED'))).toBe(true)
  const stopped = await checkHonesty(subject, { ...quick, signal: AbortSignal.abort() })
  expect(stopped.skipped).toHaveLength(10)
  expect(stopped.skipped?.every(({ reason }) => reason.startsWith('ABORTED'))).toBe(true)
  await slowly.session.close()
  await subject.session.close()
})

test('progress counts every check', async () => {
  const subject = await openModel(trainedModel('sound'), 30)
  const seen: number[] = []
  await checkHonesty(subject, { ...quick, examples: 4, progress: (done, of) => seen.push(done / of) })
  await subject.session.close()
  expect(seen).toHaveLength(10)
  expect(seen.at(-1)).toBe(1)
})
