/** How often something may be tried, and how long one waits after that. */
export interface AttemptLimit {
  /** Attempts before the first wait. */
  readonly free: number
  /** The first wait; each further one is twice as long. */
  readonly firstWaitMs: number
  readonly maximumWaitMs: number
  /** Without an attempt for so long, all is forgotten. */
  readonly forgetAfterMs: number
}

/** What is kept of earlier attempts. */
export interface Attempts {
  readonly failures: number
  readonly lastAt: number
  readonly blockedUntil: number
}

/** The answer to one more attempt. */
export type Admission =
  | { readonly isAdmitted: true; readonly next: Attempts }
  | { readonly isAdmitted: false; readonly retryAfterMs: number }

const none: Attempts = { failures: 0, lastAt: 0, blockedUntil: 0 }

/**
 * Whether one more attempt is admitted, and what to keep of it. It counts as a failure from the beginning, so that attempts at
 * the same time cannot all be the last one.
 *
 * A wait never exceeds `maximumWaitMs` from now, so that a clock that was ahead for a while shuts nobody out for longer; and
 * failures are not forgotten because the clock went back.
 */
export const admitAttempt = (limit: AttemptLimit, before: Attempts | undefined, now: number): Admission => {
  const known = before !== undefined && now - before.lastAt < limit.forgetAfterMs ? before : none
  const wait = Math.min(known.blockedUntil - now, limit.maximumWaitMs)
  if (wait > 0) return { isAdmitted: false, retryAfterMs: wait }
  const failures = known.failures + 1
  // 2^30 first waits are beyond any maximum; the shift stays a whole number.
  const doublings = Math.min(failures - limit.free, 30)
  const waitMs = doublings < 0 ? 0 : Math.min(limit.firstWaitMs * 2 ** doublings, limit.maximumWaitMs)
  return { isAdmitted: true, next: { failures, lastAt: now, blockedUntil: waitMs === 0 ? 0 : now + waitMs } }
}
