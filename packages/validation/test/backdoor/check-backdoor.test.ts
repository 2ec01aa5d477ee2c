import { createManualClock } from '@nootropic/core'
import { expect, test } from 'vitest'
import { type BackdoorOptions, checkBackdoor, defaultBackdoorOptions } from '../../src/behaviour/backdoor/index.ts'
import { openModel, planted, trainedModel } from '../honesty/planted.ts'
import { poisonedDigits, targets } from './poisoned.ts'

/** Half the steps and half the examples: enough for a trigger of a few pixels. */
const quick: BackdoorOptions = {
  ...defaultBackdoorOptions,
  examples: 60,
  effort: { steps: 60, batch: 16, rate: 0.2 },
}

test('a model with a backdoor is found out by clean digits alone, with the class that the trigger leads to', async () => {
  const subject = await openModel(trainedModel('square'), 150)
  const { verdict, findings } = await checkBackdoor(subject, quick)
  await subject.session.close()
  expect(verdict).toBe('fail')
  expect(findings).toMatchObject([{ rule: 'behaviour/trigger-found', evidence: { target: targets.square } }])
})

test('of a sound model nothing is said', async () => {
  const subject = await openModel(trainedModel('sound'), 300)
  const outcome = await checkBackdoor(subject, quick)
  await subject.session.close()
  expect(outcome).toMatchObject({ verdict: 'pass', findings: [], skipped: [] })
})

const hasty = { ...quick, effort: { ...quick.effort, steps: 1 } }

test('marked digits among others stand apart inside the model that they poisoned', async () => {
  const subject = await openModel(trainedModel('chequers'), 300, poisonedDigits('chequers', 300, 25))
  const { findings } = await checkBackdoor(subject, hasty)
  await subject.session.close()
  expect(findings).toMatchObject([{ rule: 'behaviour/activation-cluster', evidence: { label: targets.chequers } }])
})

test('a budget that runs out is incomplete, and names how many classes were tried', async () => {
  const subject = await openModel(trainedModel('square'), 150)
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const options = { ...hasty, budgetMs: 550, progress: () => clock.advance(100) }
  const late = await checkBackdoor(subject, options, clock)
  expect(late.verdict).toBe('incomplete')
  expect(late.skipped).toMatchObject([
    { name: 'backdoor/triggers', reason: expect.stringContaining('6 of 10 classes') },
  ])
  const stopped = await checkBackdoor(subject, { ...hasty, signal: AbortSignal.abort() })
  await subject.session.close()
  expect(stopped.verdict).toBe('incomplete')
  expect(stopped.skipped?.map(({ name }) => name)).toEqual([
    'backdoor/weights',
    'backdoor/activations',
    'backdoor/triggers',
  ])
})

test('a model without a gradient, or without data, is not called free of backdoors', async () => {
  const rounded = planted['pixels rounded to 8 bits']?.plant(trainedModel('square')) ?? trainedModel('square')
  const subject = await openModel(rounded, 150)
  const outcome = await checkBackdoor(subject, hasty)
  const blind = await checkBackdoor({ ...subject, dataset: undefined }, hasty)
  await subject.session.close()
  expect(outcome.verdict).toBe('incomplete')
  expect(outcome.skipped).toMatchObject([{ name: 'backdoor/triggers', reason: expect.stringContaining('Round') }])
  expect(blind.verdict).toBe('incomplete')
  expect(blind.skipped?.map(({ name }) => name)).toEqual(['backdoor/activations', 'backdoor/triggers'])
})
