import { type Clock, type Finding, isNootropicError, type Report, type Stage } from '@nootropic/core'
import { incompleteOutcome, type StageOutcome } from './outcome.ts'

/** Faults of the model or of its run: they are an answer. Every other error is the caller's or ours, and goes on. */
const faults = [
  'LIMIT_EXCEEDED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'WORKER_FAILED',
  'INPUT_INVALID',
  'OUTPUT_INVALID',
] as const

/** Carries stages out one after the other and keeps what they say. */
export interface StageRun {
  readonly stages: readonly Stage[]
  readonly findings: readonly Finding[]
  readonly skipped: Report['skipped']
  /** Carries a stage out. A model that fails in it leaves it incomplete; one that cannot be loaded fails it. */
  run<Outcome extends StageOutcome>(
    name: string,
    work: () => Outcome | Promise<Outcome>,
  ): Promise<Outcome | StageOutcome>
  skip(name: string, reason: string): void
}

const notLoadable = (path: string, message: string): StageOutcome => ({
  verdict: 'fail',
  measurements: {},
  findings: [
    {
      rule: 'behaviour/not-loadable',
      severity: 'high',
      title: 'The runtime refuses the model',
      message,
      location: { path },
      remediation: 'Export the model again for the installed runtime.',
      references: [],
      tags: ['CWE-20'],
    },
  ],
})

/** A run of stages over the model at `path`. */
export const createStageRun = (path: string, clock: Clock): StageRun => {
  const stages: Stage[] = []
  const findings: Finding[] = []
  const skipped: Report['skipped'] = []
  return {
    stages,
    findings,
    skipped,
    async run(name, work) {
      const startedMs = clock.monotonicMs()
      const outcome = await (async () => work())().catch((error: unknown): StageOutcome => {
        if (isNootropicError(error, 'MODEL_MALFORMED')) return notLoadable(path, error.message)
        if (isNootropicError(error) && faults.some((code) => code === error.code)) {
          return incompleteOutcome(`${error.code}: ${error.message}`)
        }
        throw error
      })
      stages.push({
        name,
        verdict: outcome.verdict,
        durationMs: Math.max(0, clock.monotonicMs() - startedMs),
        measurements: { ...outcome.measurements },
        ...(outcome.note === undefined ? {} : { note: outcome.note }),
      })
      findings.push(...outcome.findings)
      skipped.push(...(outcome.skipped ?? []))
      return outcome
    },
    skip: (name, reason) => {
      skipped.push({ name, reason })
    },
  }
}
