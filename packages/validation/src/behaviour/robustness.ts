import { type Clock, createSeededRandom } from '@nootropic/core'
import type { Kernel } from '@nootropic/core/manifest'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import { predictClasses } from './classifier.ts'
import { corruptWithBlur } from './corruptions/blur.ts'
import { corruptWithNoise } from './corruptions/noise.ts'
import type { FloatTensor } from './dataset.ts'
import { type ClassifierTrial, prepareTrial, type Subject, trialNotes } from './subject.ts'

/** One way in which the world spoils an input. */
export type Corruption =
  | { readonly type: 'noise'; readonly level: number }
  | { readonly type: 'blur'; readonly kernel: Kernel }

/** How to corrupt. */
export interface RobustnessOptions {
  readonly tests: readonly Corruption[]
  /** Examples at most. */
  readonly examples: number
  /** After this the stage stops and is incomplete. */
  readonly budgetMs: number
}

/** The corruptions of the format's own RobustnessTesting manifest. */
export const defaultRobustnessOptions: RobustnessOptions = {
  tests: [
    { type: 'noise', level: 0.1 },
    { type: 'blur', kernel: { width: 3, height: 3 } },
  ],
  examples: 512,
  budgetMs: 120_000,
}

const nameOf = (test: Corruption): string =>
  test.type === 'noise' ? `Noise=${test.level}` : `Blur=${test.kernel.width}x${test.kernel.height}`

const corrupt = (test: Corruption, trial: ClassifierTrial, seed: number): FloatTensor | undefined =>
  test.type === 'noise'
    ? corruptWithNoise(trial.inputs, { level: test.level, domain: trial.domain, random: createSeededRandom(seed) })
    : corruptWithBlur(trial.inputs, test.kernel)

/** Corrupts the examples in each way, and counts the answers that stay right. The worst way counts for the score. */
export const testRobustness = async (
  subject: Subject,
  options: RobustnessOptions,
  clock: Clock,
): Promise<StageOutcome> => {
  const startedMs = clock.monotonicMs()
  const trial = await prepareTrial(subject, options.examples)
  if ('reason' in trial) return incompleteOutcome(trial.reason)
  const clean = trial.labels.length / trial.examples
  const measurements: Record<string, number> = { examples: trial.examples, [trial.measure]: clean }
  const skipped: { name: string; reason: string }[] = []
  let worst: { test: string; kept: number } | undefined
  for (const test of options.tests) {
    if (clock.monotonicMs() - startedMs > options.budgetMs) {
      return { ...incompleteOutcome(`stopped after its budget of ${options.budgetMs} ms`), measurements, skipped }
    }
    const inputs = corrupt(test, trial, subject.seed)
    if (inputs === undefined) {
      skipped.push({ name: `robustness/${test.type}`, reason: `inputs of shape [${trial.inputs.dims}] are no images` })
      continue
    }
    const answers = await predictClasses(trial.classifier, inputs)
    const kept = answers.filter((answer, row) => answer === trial.labels[row]).length / trial.labels.length
    measurements[`${trial.measure}Under${nameOf(test)}`] = kept * clean
    if (worst === undefined || kept < worst.kept) worst = { test: nameOf(test).toLowerCase(), kept }
  }
  if (worst === undefined) return { ...incompleteOutcome('no corruption fits these inputs'), measurements, skipped }
  const notes = trialNotes(trial)
  const note = notes.length === 0 ? {} : { note: notes.join('; ') }
  if (trial.isMadeUp) return { verdict: 'incomplete', measurements, findings: [], skipped, ...note }
  return { verdict: 'pass', measurements, findings: [], skipped, kept: worst, ...note }
}
