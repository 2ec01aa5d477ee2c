import { profileModel } from '../behaviour/profiling/index.ts'
import type { Subject } from '../behaviour/subject.ts'
import type { StageOutcome } from '../outcome.ts'
import type { Examination } from './examine.ts'

/** Operators in a report. */
const mostOperators = 12

/** Measures latency and throughput by batch and threads, and what each operator costs. */
export const profile = async (subject: Subject, { options, remainingMs, keep }: Examination): Promise<StageOutcome> => {
  const { sessions, clock, signal } = options
  const { runs, operators, skipped } = await profileModel(subject.bytes, {
    sessions,
    feeds: subject.feeds,
    batches: [1, 8, 32],
    threads: [1, 2],
    operators: true,
    budgetMs: remainingMs(),
    clock,
    ...(signal === undefined ? {} : { signal }),
  })
  keep({
    profile: {
      runs: runs.map(({ batch, threads, latency, throughput }) => ({ batch, threads, latency, throughput })),
      operators: (operators?.operators ?? [])
        .slice(0, mostOperators)
        .map(({ operator, nodes, milliseconds, share }) => ({ operator, nodes, milliseconds, share })),
    },
  })
  const [first] = runs
  return {
    verdict: runs.length > 0 && subject.unlikeReal === undefined ? 'pass' : 'incomplete',
    measurements: first === undefined ? {} : { latencyP50Ms: first.latency.p50Ms, latencyP95Ms: first.latency.p95Ms },
    findings: [],
    skipped: skipped.map(({ name, reason }) => ({ name: `profile/${name}`, reason })),
    ...(subject.unlikeReal === undefined ? {} : { note: subject.unlikeReal }),
  }
}
