import type { Clock, InferenceSession, Tensor } from '@nootropic/core'
import type { StageOutcome } from '../outcome.ts'
import type { Subject } from './subject.ts'

/** The first runs fill caches and tell little; they are not counted. */
const warmUpRuns = 3

/** Durations of single runs, in milliseconds, and what follows from them. */
export interface LatencyProfile {
  readonly runs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maximumMs: number
  /** Examples a second, one caller at a time. */
  readonly throughput: number
}

/**
 * The smallest measured value that at least `share` of all values do not exceed (nearest-rank percentile).
 *
 * @param sorted ascending, not empty.
 */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN

/** Runs the model `runs` times on the same input and measures each run from outside, transport included. */
export const profileLatency = async (
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  options: { readonly runs: number; readonly rows: number; readonly clock: Clock },
): Promise<LatencyProfile> => {
  for (let run = 0; run < warmUpRuns; run += 1) await session.run(feeds)
  const durations: number[] = []
  for (let run = 0; run < options.runs; run += 1) {
    const start = options.clock.monotonicMs()
    await session.run(feeds)
    durations.push(options.clock.monotonicMs() - start)
  }
  const sorted = durations.toSorted((left, right) => left - right)
  const total = durations.reduce((sum, duration) => sum + duration, 0)
  return {
    runs: options.runs,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maximumMs: percentile(sorted, 1),
    throughput: total > 0 ? (1000 * options.runs * options.rows) / total : 0,
  }
}

/** Measured runs; p99 of fewer would be the maximum of a handful. */
const measuredRuns = 50

/** Profiles the model on one example, or on the batch that it fixes. */
export const testPerformance = async (subject: Subject, clock: Clock): Promise<StageOutcome> => {
  const { runs, p50Ms, p95Ms, p99Ms, maximumMs, throughput } = await profileLatency(subject.session, subject.feeds, {
    runs: measuredRuns,
    rows: subject.rows,
    clock,
  })
  const { unlikeReal } = subject
  return {
    verdict: unlikeReal === undefined ? 'pass' : 'incomplete',
    ...(unlikeReal === undefined ? {} : { note: `measured on the smallest input: ${unlikeReal}` }),
    measurements: {
      runs,
      latencyP50Ms: p50Ms,
      latencyP95Ms: p95Ms,
      latencyP99Ms: p99Ms,
      latencyMaximumMs: maximumMs,
      examplesPerSecond: throughput,
    },
    findings: [],
  }
}
