import type { Clock } from '@nootropic/core'
import { incompleteOutcome, type StageOutcome } from '../outcome.ts'
import { measureRuns } from './profiling/measure-runs.ts'
import { describeRuns } from './profiling/profile-model.ts'
import type { Subject } from './subject.ts'

/** Measured runs; p99 of fewer would be the maximum of a handful. */
const measuredRuns = 50

/** After this a slow model was measured long enough: its figures are kept, of fewer runs. */
const budgetMs = 60_000

/** Profiles the model on one example, or on the batch that it fixes. */
export const testPerformance = async (subject: Subject, clock: Clock): Promise<StageOutcome> => {
  const measured = await measureRuns(subject.session, subject.feeds, {
    runs: measuredRuns,
    clock,
    endMs: clock.monotonicMs() + budgetMs,
  })
  const profile = describeRuns(measured, { batch: subject.rows, threads: 1 })
  if (profile === undefined) return incompleteOutcome(`not one run was measured: ${measured.stopped}`)
  const { latency, throughput, cpuMsPerRun } = profile
  const notes = [
    ...(subject.unlikeReal === undefined ? [] : [`measured on the smallest input: ${subject.unlikeReal}`]),
    ...(measured.stopped === undefined ? [] : [`${measured.stopped} after ${latency.runs} of ${measuredRuns} runs`]),
  ]
  return {
    verdict: notes.length === 0 ? 'pass' : 'incomplete',
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
    measurements: {
      runs: latency.runs,
      latencyMinimumMs: latency.minimumMs,
      latencyP50Ms: latency.p50Ms,
      latencyP90Ms: latency.p90Ms,
      latencyP95Ms: latency.p95Ms,
      latencyP99Ms: latency.p99Ms,
      latencyMaximumMs: latency.maximumMs,
      latencyDeviationMs: latency.deviationMs,
      latencyJitterMs: latency.jitterMs,
      examplesPerSecond: throughput,
      ...(cpuMsPerRun === undefined ? {} : { cpuMsPerRun }),
    },
    findings: [],
  }
}
