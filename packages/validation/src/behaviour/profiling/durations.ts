/** Durations of single runs, in milliseconds, and what follows from them. */
export interface LatencyFigures {
  readonly runs: number
  readonly minimumMs: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maximumMs: number
  readonly meanMs: number
  /** The median distance from the median: how noisy the figures are, whatever single runs did. */
  readonly deviationMs: number
  /** The mean distance of one run from the one before it. */
  readonly jitterMs: number
}

/**
 * The smallest measured value that at least `share` of all values do not exceed (nearest-rank percentile).
 *
 * @param sorted ascending, not empty.
 */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN

const ascending = (values: readonly number[]): number[] => values.toSorted((left, right) => left - right)

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** @param durations in the order of the runs, not empty. */
export const describeDurations = (durations: readonly number[]): LatencyFigures => {
  const sorted = ascending(durations)
  const median = percentile(sorted, 0.5)
  return {
    runs: durations.length,
    minimumMs: sorted[0] ?? Number.NaN,
    p50Ms: median,
    p90Ms: percentile(sorted, 0.9),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
    maximumMs: percentile(sorted, 1),
    meanMs: meanOf(durations),
    deviationMs: percentile(ascending(durations.map((duration) => Math.abs(duration - median))), 0.5),
    jitterMs: meanOf(
      durations.slice(1).map((duration, place) => Math.abs(duration - (durations[place] ?? Number.NaN))),
    ),
  }
}
