import { closestWord, NootropicError } from '@nootropic/core'
import type { ModelPackage } from '@nootropic/core/formats'
import { defaultPolicy } from '@nootropic/core/manifest'
import {
  type CorruptionName,
  type CorruptionSeverity,
  corruptionRegistry,
  corruptionSeverities,
  corruptionsOf,
} from '../behaviour/corruptions/index.ts'
import { testOutputStability } from '../behaviour/output-stability.ts'
import {
  type Corruption,
  defaultRobustnessOptions,
  type RobustnessOutcome,
  testRobustness,
} from '../behaviour/robustness.ts'
import type { Subject } from '../behaviour/subject.ts'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import { scoreSecurity } from '../scores.ts'
import type { BehaviourReport } from './behaviour-report.ts'
import type { CorruptionReport } from './corruption-figures.ts'
import { type Examination, type ExaminationOptions, examine, withSubject } from './examine.ts'
import { profile } from './profile.ts'

/** How a model is disturbed. */
export interface RobustnessTestOptions extends ExaminationOptions {
  /** The manifest's own disturbances; noise 0.1 and a blur of 3 x 3 where nothing is said. */
  readonly tests?: readonly Corruption[]
  /** Common corruptions by name; all of the modality where nothing is said, none for an empty list. */
  readonly corruptions?: readonly CorruptionName[]
  /** All five where nothing is said. */
  readonly severities?: readonly CorruptionSeverity[]
  /** What the examples are; by default pictures where their shape is one, else tables. */
  readonly modality?: TestedModality
  /** Whether latency, throughput and the cost of operators are measured too. */
  readonly profile?: boolean
  /** Examples at most; 512 where nothing is said. */
  readonly examples?: number
  /** The security score below which the model fails; by default the default policy's. */
  readonly threshold?: number
}

/** What examples can be taken for. */
export const modalities = ['image', 'audio', 'tabular'] as const
/** One of {@link modalities}. */
type TestedModality = (typeof modalities)[number]

/** Pictures have rows, columns and channels; whatever else is taken for a row of a table. */
const modalityOf = (subject: Subject): TestedModality =>
  subject.dataset?.inputs.dims.length === 4 ? 'image' : 'tabular'

/** What fits no default: names of another modality. @throws NootropicError `USAGE` */
const verifyNames = (names: readonly string[], modality: TestedModality): void => {
  const known: readonly string[] = corruptionsOf(modality)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  const near = closestWord(unknown, known)
  const advice = near === undefined ? '; name the modality' : `; did you mean "${near}"?`
  const message = `expected ${modality} corruptions out of ${known.join(', ')}, found "${unknown}"${advice}`
  throw new NootropicError('USAGE', message)
}

const reportOf = ({ verdict, corruptions, meanCorruptionError }: RobustnessOutcome, modality: TestedModality) => {
  if (corruptions?.cleanAccuracy === undefined) return undefined
  const { examples, measure, cleanAccuracy, severities, rows, stopped } = corruptions
  const relative = meanCorruptionError?.relativeMeanCorruptionError
  const report: CorruptionReport = {
    verdict,
    modality,
    examples,
    measure,
    clean: cleanAccuracy,
    severities: [...severities],
    rows: rows.map(({ name, results }) => ({
      name,
      title: corruptionRegistry[name].title,
      shares: results.map(({ severity, accuracy }) => ({ severity, share: accuracy })),
    })),
    ...(meanCorruptionError === undefined ? {} : { meanCorruptionError: meanCorruptionError.meanCorruptionError }),
    ...(relative === undefined ? {} : { relativeMeanCorruptionError: relative }),
    ...(stopped === undefined ? {} : { stopped }),
  }
  return report
}

/** What the figures were measured on, out of the figures. */
const dataOf = ({ measurements }: StageOutcome, { dataset }: Subject): BehaviourReport['data'] => {
  const { examples, accuracy, consistency } = measurements
  if (examples === undefined) return undefined
  return {
    examples,
    clean: accuracy ?? consistency ?? 0,
    measure: accuracy === undefined ? 'consistency' : 'accuracy',
    isMadeUp: dataset === undefined,
    domain: [...(dataset?.domain ?? ([0, 1] as const))],
  }
}

const disturb = async (
  subject: Subject,
  options: RobustnessTestOptions,
  { options: plan, keep, remainingMs }: Examination,
): Promise<StageOutcome> => {
  const { tests = defaultRobustnessOptions.tests, examples = defaultRobustnessOptions.examples } = options
  const { signal, progress } = plan
  const modality = options.modality ?? modalityOf(subject)
  const corruptions = options.corruptions ?? corruptionsOf(modality)
  verifyNames(corruptions, modality)
  const outcome = await testRobustness(
    subject,
    {
      tests,
      examples,
      budgetMs: remainingMs(),
      ...(corruptions.length === 0
        ? {}
        : { suite: { modality, corruptions, severities: options.severities ?? corruptionSeverities } }),
      ...(signal === undefined ? {} : { signal }),
      ...(progress === undefined ? {} : { progress: (done, all) => progress({ part: 'corruptions', done, all }) }),
    },
    plan.clock,
  )
  const report = reportOf(outcome, modality)
  const data = dataOf(outcome, subject)
  keep({ ...(report === undefined ? {} : { corruptions: report }), ...(data === undefined ? {} : { data }) })
  // Each corruption has its place in the table.
  const isInTable = (name: string): boolean => report !== undefined && /Under(?!Noise=)[A-Z][A-Za-z]+=[1-5]$/.test(name)
  const measurements = Object.entries(outcome.measurements).filter(([name]) => !isInTable(name))
  return { ...outcome, measurements: Object.fromEntries(measurements) }
}

/**
 * Disturbs a model's inputs as the world does, and reports what is left: the manifest's noise and blur, the common
 * corruptions in five severities, and whether the same input gets the same answer however the model is run.
 *
 * @throws NootropicError `USAGE` for an unknown corruption or no budget
 * @example
 * ```ts
 * const report = await testModelRobustness(await readModelPackage('./digits'), { sessions, dataset })
 * report.corruptions?.meanCorruptionError // 0.1
 * ```
 */
export const testModelRobustness = async (
  model: ModelPackage,
  options: RobustnessTestOptions,
): Promise<BehaviourReport> => {
  const { examples = defaultRobustnessOptions.examples, corruptions, modality } = options
  const threshold = options.threshold ?? defaultPolicy.spec.validation.thresholds.securityScore
  if (!Number.isInteger(examples) || examples < 1)
    throw new NootropicError('USAGE', `expected 1 example or more to disturb, found ${examples}`)
  if (corruptions !== undefined && modality !== undefined) verifyNames(corruptions, modality)
  return examine(model, options, (examination) =>
    withSubject(examination, async (subject) => {
      const { stages, stopped } = examination
      const unlessStopped = (work: () => Promise<StageOutcome>): Promise<StageOutcome> | StageOutcome => {
        const reason = stopped()
        return reason === undefined ? work() : incompleteOutcome(reason)
      }
      await stages.run('output-stability', () => unlessStopped(() => testOutputStability(subject)))
      const { kept }: StageOutcome = await stages.run('robustness', () =>
        unlessStopped(() => disturb(subject, options, examination)),
      )
      if (options.profile === true)
        await stages.run('profile', () => unlessStopped(() => profile(subject, examination)))
      if (kept !== undefined) examination.scores.securityScore = scoreSecurity(stages.findings, [kept], threshold)
    }),
  )
}
