import { type Clock, createSeededRandom } from '@nootropic/core'
import type { Kernel } from '@nootropic/core/manifest'
import { incompleteOutcome, type KeptAccuracy, type StageOutcome } from '../outcome.ts'
import { type AttackLimits, isInterruption, verifyMayGoOn } from './attacks/guarded-model.ts'
import { isInDomain } from './attacks/objective.ts'
import { predictClasses } from './classifier.ts'
import { corruptWithBlur } from './corruptions/blur.ts'
import {
  type CorruptionBaseline,
  type MeanCorruptionError,
  meanCorruptionError,
} from './corruptions/mean-corruption-error.ts'
import { type CorruptionRun, type CorruptionTable, measureCorruptions } from './corruptions/measure-corruptions.ts'
import { corruptWithNoise } from './corruptions/noise.ts'
import type { ChannelNormalisation, FloatTensor } from './dataset.ts'
import { type ClassifierTrial, prepareTrial, type Subject, trialNotes } from './subject.ts'

/** One way in which the world spoils an input. */
export type Corruption =
  | { readonly type: 'noise'; readonly level: number }
  | { readonly type: 'blur'; readonly kernel: Kernel }

/** The registered corruptions of a modality, at five severities. */
interface CorruptionSuite extends Pick<CorruptionRun, 'corruptions' | 'severities'> {
  /** What the inputs are: pictures by default. */
  readonly modality?: 'image' | 'audio' | 'tabular'
  /** Samples a second of sound; 16,000 by default. */
  readonly sampleRate?: number
  /** The errors that the mean corruption error is relative to; without them it is the plain mean. */
  readonly baseline?: CorruptionBaseline
}

/** How to corrupt. */
export interface RobustnessOptions {
  readonly tests: readonly Corruption[]
  /** Common corruptions as well, where they are asked for. */
  readonly suite?: CorruptionSuite
  /** Examples at most. */
  readonly examples: number
  /** After this the stage stops and is incomplete. */
  readonly budgetMs: number
  /** Stops the stage, which is then incomplete. */
  readonly signal?: AbortSignal
  /** Is told how much of the suite is done. */
  readonly progress?: (done: number, total: number) => void
}

/** What the stage says, with the table of the suite. */
export interface RobustnessOutcome extends StageOutcome {
  /** Over all examples: those that were answered wrong before any corruption count as wrong under each. */
  readonly corruptions?: CorruptionTable
  readonly meanCorruptionError?: MeanCorruptionError
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

/** A test that leaves every example as it is, or makes no number of it, would be withstood by any model. */
const changesAnything = (test: Corruption): boolean =>
  test.type === 'noise'
    ? test.level > 0 && Number.isFinite(test.level)
    : test.kernel.width >= 1 && test.kernel.height >= 1 && test.kernel.width * test.kernel.height > 1

const corrupt = (test: Corruption, trial: ClassifierTrial, seed: number): FloatTensor | undefined =>
  test.type === 'noise'
    ? corruptWithNoise(trial.inputs, { level: test.level, domain: trial.domain, random: createSeededRandom(seed) })
    : corruptWithBlur(trial.inputs, test.kernel)

/** What the parts of the stage add to as they go on. */
interface Progress {
  readonly measurements: Record<string, number>
  readonly skipped: { readonly name: string; readonly reason: string }[]
  readonly kept: KeptAccuracy[]
  readonly notes: string[]
}

/** The tests of the manifest, one after the other. */
const runTests = async (
  trial: ClassifierTrial,
  {
    tests,
    seed,
    limits,
  }: { readonly tests: readonly Corruption[]; readonly seed: number; readonly limits: AttackLimits },
  { measurements, skipped, kept, notes }: Progress,
): Promise<void> => {
  const clean = trial.labels.length / trial.examples
  for (const test of tests) {
    verifyMayGoOn(limits)
    const inputs = corrupt(test, trial, seed)
    if (inputs === undefined) {
      skipped.push({ name: `robustness/${test.type}`, reason: `inputs of shape [${trial.inputs.dims}] are no images` })
      continue
    }
    const answers = await predictClasses(trial.classifier, inputs)
    const share = answers.filter((answer, row) => answer === trial.labels[row]).length / trial.labels.length
    const name = nameOf(test)
    measurements[`${trial.measure}Under${name}`] = share * clean
    kept.push({ test: name.toLowerCase(), kept: share })
    const unanswered = answers.filter((answer) => answer < 0).length
    if (unanswered > 0) notes.push(`${unanswered} examples under ${name.toLowerCase()} were answered by no number`)
  }
}

const suiteTest = 'common corruptions, on average'

/** `gaussian-noise` → `GaussianNoise`. */
const inCapitals = (name: string): string => name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())

/** The same table over all examples that were tried, not only over those that were answered right before. */
const overAllExamples = (table: CorruptionTable, trial: ClassifierTrial): CorruptionTable => {
  const clean = trial.labels.length / trial.examples
  const rows = table.rows.map(({ name, results }) => ({
    name,
    results: results.map((result) => ({ ...result, accuracy: result.accuracy * clean })),
  }))
  return {
    ...table,
    rows,
    examples: trial.examples,
    measure: trial.measure,
    ...(table.cleanAccuracy === undefined ? {} : { cleanAccuracy: table.cleanAccuracy * clean }),
    ...(table.worst === undefined ? {} : { worst: { ...table.worst, accuracy: table.worst.accuracy * clean } }),
  }
}

type SuiteResult = Pick<RobustnessOutcome, 'corruptions' | 'meanCorruptionError'>

const runSuite = async (
  trial: ClassifierTrial,
  normalisation: ChannelNormalisation | undefined,
  suite: CorruptionSuite,
  run: Pick<CorruptionRun, 'seed' | 'signal' | 'budgetMs' | 'clock' | 'progress'>,
  { measurements, skipped, kept, notes }: Progress,
): Promise<SuiteResult> => {
  const { baseline, modality = 'image', sampleRate, ...choice } = suite
  const part = await measureCorruptions(
    {
      modality,
      inputs: trial.inputs,
      domain: trial.domain,
      predict: (inputs) => predictClasses(trial.classifier, inputs),
      ...(normalisation === undefined || modality !== 'image' ? {} : { normalisation }),
      ...(sampleRate === undefined ? {} : { sampleRate }),
    },
    { ...choice, ...run, labels: trial.labels },
  )
  const table = overAllExamples(part, trial)
  for (const { name, results } of table.rows) {
    for (const { severity, accuracy } of results)
      measurements[`${trial.measure}Under${inCapitals(name)}=${severity}`] = accuracy
  }
  const [unfit] = table.skipped
  if (unfit !== undefined) {
    const reason = `${table.skipped.length} do not fit: ${unfit.reason}`
    skipped.push({ name: 'robustness/common-corruptions', reason })
    // They were asked for by whoever calls, unlike the blur that every model is tried with.
    notes.push(`common corruptions: ${reason}`)
  }
  const unanswered = table.rows.flatMap(({ results }) => results).reduce((sum, result) => sum + result.unanswered, 0)
  if (unanswered > 0) notes.push(`${unanswered} examples under common corruptions were answered by no number`)
  if (table.stopped !== undefined) notes.push(`common corruptions stopped: ${table.stopped}`)
  const plain = meanCorruptionError(part)
  if (plain !== undefined) kept.push({ test: suiteTest, kept: 1 - plain.meanCorruptionError })
  const error = meanCorruptionError(table, baseline)
  if (error === undefined) return { corruptions: table }
  measurements.meanCorruptionError = error.meanCorruptionError
  if (error.relativeMeanCorruptionError !== undefined)
    measurements.relativeMeanCorruptionError = error.relativeMeanCorruptionError
  return { corruptions: table, meanCorruptionError: error }
}

/**
 * Corrupts the examples in each way, and counts the answers that stay right. The worst of the tests counts for the score,
 * of a suite its mean. What was measured before the stage was stopped is kept; the stage is then incomplete, as it is where
 * the model answered anything by no number.
 */
export const testRobustness = async (
  subject: Subject,
  options: RobustnessOptions,
  clock: Clock,
): Promise<RobustnessOutcome> => {
  const startedMs = clock.monotonicMs()
  const elapsedMs = (): number => clock.monotonicMs() - startedMs
  const { budgetMs, suite, tests, progress } = options
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const limits = { ...signal, hasTime: () => elapsedMs() < budgetMs }
  if (tests.length === 0 && suite === undefined) return incompleteOutcome('no corruption was asked for')
  const idle = tests.find((test) => !changesAnything(test))
  if (idle !== undefined) return incompleteOutcome(`${nameOf(idle).toLowerCase()} changes nothing: it proves nothing`)
  const trial = await prepareTrial(subject, options.examples)
  if ('reason' in trial) return incompleteOutcome(trial.reason)
  if (!isInDomain(trial.inputs, trial.domain))
    return incompleteOutcome(`examples lie outside their domain [${trial.domain}]: check the scaling`)
  const clean = trial.labels.length / trial.examples
  const state: Progress = {
    measurements: { examples: trial.examples, [trial.measure]: clean },
    skipped: [],
    kept: [],
    notes: [],
  }
  // A model that never looks at its input keeps such an answer under anything.
  const isOneSided = new Set(trial.labels).size < 2
  if (isOneSided)
    state.notes.push(
      'all right answers are of one class, which a model that ignores its input gives as well: give examples of several classes',
    )
  let table: SuiteResult = {}
  try {
    await runTests(trial, { tests, seed: subject.seed, limits }, state)
    if (suite !== undefined) {
      const run = { seed: subject.seed, clock, budgetMs: budgetMs - elapsedMs(), ...signal }
      table = await runSuite(
        trial,
        subject.dataset?.normalisation,
        suite,
        progress === undefined ? run : { ...run, progress },
        state,
      )
    }
  } catch (error) {
    if (!isInterruption(error)) throw error
    state.notes.push(
      error.code === 'DEADLINE_EXCEEDED' ? `stopped after its budget of ${budgetMs} ms` : `stopped: ${error.message}`,
    )
  }
  const { measurements, skipped, notes } = state
  const worst = state.kept.toSorted((left, right) => left.kept - right.kept)[0]
  if (worst === undefined && notes.length === 0) notes.push('no corruption fits these inputs')
  const allNotes = [...notes, ...trialNotes(trial)]
  return {
    verdict: notes.length === 0 && !trial.isMadeUp ? 'pass' : 'incomplete',
    measurements,
    findings: [],
    skipped,
    ...(worst === undefined || trial.isMadeUp || isOneSided ? {} : { kept: worst }),
    ...(allNotes.length === 0 ? {} : { note: allNotes.join('; ') }),
    ...table,
  }
}
