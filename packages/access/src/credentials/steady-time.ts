import type { Clock } from '@nootropic/core'

// Hosts of one database may disagree by this much; a record from further in the future means that the clock went back.
const toleratedSkewMs = 5 * 60 * 1000

/**
 * The time in milliseconds, which never goes back while this process runs: a wall clock that is set back would bring
 * expired credentials back to life. A clock that is set forward and back again is forgotten.
 */
export const createSteadyTime = (clock: Clock): (() => number) => {
  const offset = clock.now().getTime() - clock.monotonicMs()
  // The wall clock goes on while the machine sleeps and the monotonic one may not: the later of the two counts.
  return () => Math.max(clock.now().getTime(), Math.floor(clock.monotonicMs() + offset))
}

/** Whether an instant that was recorded lies in the future, beyond what hosts may disagree by; or is no instant at all. */
export const isInFuture = (recorded: number, now: number): boolean => !(recorded <= now + toleratedSkewMs)
