import { createRequire } from 'node:module'
import {
  type Clock,
  combineVerdicts,
  NootropicError,
  type Score,
  type SessionFactory,
  systemClock,
  type Tensor,
} from '@nootropic/core'
import { type ModelPackage, modelBytes, readOnnx } from '@nootropic/core/formats'
import { type Dataset, verifyDataset } from '../behaviour/dataset.ts'
import { type ClassifierTrial, openSubject, type Subject } from '../behaviour/subject.ts'
import { defaultReactions } from '../reactions.ts'
import { outcomeOfScan, scanPackage } from '../scan/scan-package.ts'
import { judgeScores } from '../scores.ts'
import { createStageRun, type StageRun } from '../stages.ts'
import type { BehaviourReport } from './behaviour-report.ts'

/** What is being done, for a bar. */
export interface ExaminationProgress {
  readonly part: string
  readonly done: number
  readonly all: number
}

/** What every examination of a model takes. */
export interface ExaminationOptions {
  /** Opens the model: in a sandbox for a stranger's, or in this process (`createInProcessSessions`). */
  readonly sessions: SessionFactory
  /** Examples to judge by. Without them inputs are made up, figures are shown, and nothing is judged. */
  readonly dataset?: Dataset
  /** What all inputs but the examined one hold, by name; a model with several inputs needs them. */
  readonly fixed?: Readonly<Record<string, Tensor>>
  /** Decides examples, starts and noise: the same seed gives the same figures. */
  readonly seed?: number
  /** Milliseconds after which the work stops; what was measured by then is kept, and the report incomplete. */
  readonly budgetMs?: number
  /** Stops the work as the budget does. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly progress?: (progress: ExaminationProgress) => void
}

/** The time that an examination takes at most where nobody says more. */
export const defaultBudgetMs = 120_000

/** What parts leave in a report beside their stages. */
type ReportParts = Partial<
  Pick<BehaviourReport, 'attacks' | 'certified' | 'corruptions' | 'privacy' | 'profile' | 'data'>
>

/** What the parts of an examination work with, and leave in the report. */
export interface Examination {
  readonly model: ModelPackage
  readonly stages: StageRun
  readonly options: ExaminationOptions & { readonly seed: number; readonly clock: Clock }
  readonly scores: Record<string, Score>
  /** Milliseconds left of the budget; 0 when it is used up. */
  remainingMs(): number
  /** Why the work has to stop; nothing while it may go on. */
  stopped(): string | undefined
  /** Adds to the report. */
  keep(part: ReportParts): void
}

/** What a trial's figures were measured on. */
export const dataOf = (trial: ClassifierTrial): BehaviourReport['data'] => ({
  examples: trial.examples,
  clean: trial.labels.length / trial.examples,
  measure: trial.measure,
  isMadeUp: trial.isMadeUp,
  domain: [...trial.domain],
})

const runtimeVersion = (): string => {
  try {
    return (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version
  } catch {
    return 'unknown'
  }
}

const verifyOptions = ({ dataset, budgetMs = defaultBudgetMs, seed = 0 }: ExaminationOptions): void => {
  if (dataset !== undefined) verifyDataset(dataset)
  if (!(budgetMs > 0 && Number.isFinite(budgetMs)))
    throw new NootropicError('USAGE', `expected a time budget above 0 milliseconds, found ${budgetMs}; give it some`)
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new NootropicError('USAGE', `expected a seed that is a whole number from 0 to 2^32 - 1, found ${seed}`)
}

/**
 * Examines a model: `work` carries out stages and leaves what they say, and a report is made of it. Whatever happens inside
 * a stage, what was measured before it is in the report.
 *
 * @throws NootropicError `USAGE` when the options contradict each other
 */
export const examine = async (
  model: ModelPackage,
  given: ExaminationOptions,
  work: (examination: Examination) => Promise<void>,
): Promise<BehaviourReport> => {
  verifyOptions(given)
  const { clock = systemClock, seed = 0, budgetMs = defaultBudgetMs, signal } = given
  const startedAt = clock.now().toISOString()
  const startedMs = clock.monotonicMs()
  const elapsedMs = (): number => Math.max(0, clock.monotonicMs() - startedMs)
  const stages = createStageRun(model.path, clock)
  const scores: Record<string, Score> = {}
  const parts: ReportParts = {}
  const stopped = (): string | undefined => {
    if (signal?.aborted) return 'the caller stopped the work'
    return elapsedMs() >= budgetMs
      ? `the time budget of ${budgetMs / 1000} s is used up; give it more to see the rest`
      : undefined
  }
  await work({
    model,
    stages,
    scores,
    options: { ...given, seed, clock },
    remainingMs: () => Math.max(0, budgetMs - elapsedMs()),
    stopped,
    keep: (part) => {
      Object.assign(parts, part)
    },
  })
  if (Object.keys(scores).length > 0) await stages.run('scores', () => judgeScores(scores, model.path))
  const reason = stages.stages.some(({ verdict }) => verdict === 'incomplete') ? stopped() : undefined
  return {
    schemaVersion: 1,
    subject: { path: model.path, format: 'onnx', digest: model.digest },
    verdict: combineVerdicts(stages.stages.map(({ verdict }) => verdict)),
    ...parts,
    scores,
    stages: [...stages.stages],
    findings: [...stages.findings],
    skipped: [...stages.skipped],
    plan: { seed, budgetMs, ...(reason === undefined ? {} : { stopped: reason }) },
    environment: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      onnxruntime: runtimeVersion(),
    },
    startedAt,
    durationMs: elapsedMs(),
  }
}

/** Scans the model. Whether it may be loaded: one that the scan does not pass never is. */
export const scanModel = async ({ model, stages }: Examination): Promise<boolean> => {
  const scan = await stages.run('vulnerability-scan', async () => {
    const scanned = await scanPackage(model)
    return outcomeOfScan(scanned, scanned.findings, defaultReactions)
  })
  if (scan.verdict !== 'pass')
    stages.skip('behaviour', `the scan did not pass the model (${scan.verdict}), so it was not loaded`)
  return scan.verdict === 'pass'
}

/** Scans the model and, if the scan passes it, opens it for `work`. */
export const withSubject = async (
  examination: Examination,
  work: (subject: Subject) => Promise<void>,
): Promise<void> => {
  const { model, stages, options } = examination
  if (!(await scanModel(examination))) return
  let subject: Subject | undefined
  await stages.run('load', async () => {
    const bytes = modelBytes(model)
    const { sessions, dataset, fixed, seed } = options
    subject = await openSubject({
      path: model.path,
      model: readOnnx(bytes.main),
      bytes,
      sessions,
      dataset,
      seed,
      ...(fixed === undefined ? {} : { fixed }),
    })
    return { verdict: 'pass' as const, measurements: { bytes: bytes.main.length }, findings: [] }
  })
  if (subject === undefined) {
    stages.skip('behaviour', 'the model was not loaded')
    return
  }
  try {
    await work(subject)
  } finally {
    await subject.close()
  }
}
