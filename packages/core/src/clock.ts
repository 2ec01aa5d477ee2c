/** Time as a parameter, so that tests decide it. */
export interface Clock {
  /** The wall clock: for records that people read. It may step backwards. */
  now(): Date
  /** Milliseconds that never step backwards: for durations and deadlines. */
  monotonicMs(): number
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
}

/** A clock that moves only when told to. */
export interface ManualClock extends Clock {
  advance(milliseconds: number): void
}

/**
 * A clock for tests and for replaying.
 *
 * @example
 * ```ts
 * const clock = createManualClock('2026-01-01T00:00:00Z')
 * clock.advance(1500)
 * clock.now().toISOString() // '2026-01-01T00:00:01.500Z'
 * ```
 */
export const createManualClock = (start: string): ManualClock => {
  const origin = Date.parse(start)
  let elapsed = 0
  return {
    now: () => new Date(origin + elapsed),
    monotonicMs: () => elapsed,
    advance: (milliseconds) => {
      elapsed += milliseconds
    },
  }
}
