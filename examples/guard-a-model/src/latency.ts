/** How many answers took longer than `from` and at most `to`, in seconds. */
export interface LatencyBucket {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** The buckets without the slowest answers of which there are fewer than one in two hundred, so that the bulk is seen. */
export const withoutTail = (buckets: readonly LatencyBucket[]): LatencyBucket[] => {
  const total = buckets.reduce((sum, { count }) => sum + count, 0)
  let seen = 0
  return buckets.filter(({ to, count }) => {
    seen += count
    return seen - count < total * 0.995 && Number.isFinite(to)
  })
}
