import { isNootropicError, NootropicError } from '@nootropic/core'
import { longestRunMs, type SandboxLimits } from '../sandbox/limits.ts'
import { maximumDeaths, type Quarantine, type Suspect } from './quarantine.ts'
import type { RunRequest } from './run-request.ts'

// A run can end its worker so that it looks as if somebody on the host did (by exit code 137, by using up the host's memory):
// what is run anew for nothing is bounded, for each time costs a worker.
const maximumReplays = 4

// Timers and the run begin at the same time, give or take.
const timerGrainMs = 10

/** What is to become of a run that failed. */
export type Consequence =
  | { readonly kind: 'replay' }
  | { readonly kind: 'error'; readonly error: unknown; readonly quarantined?: Suspect }

const replay: Consequence = { kind: 'replay' }

const blame = (quarantine: Quarantine, request: RunRequest, error: unknown): Consequence | undefined => {
  const suspect = quarantine.blame(request.identity)
  if (suspect.deaths < maximumDeaths) return undefined
  const { message, details } = isNootropicError(error) ? error : { message: 'the worker ended', details: {} }
  return {
    kind: 'error',
    error: new NootropicError(
      'WORKER_FAILED',
      `${message}; this input (${suspect.digest}) ended ${suspect.deaths} workers and is run no more: do not send it again`,
      { cause: error, details: { ...details, quarantined: suspect.digest } },
    ),
    quarantined: suspect,
  }
}

/**
 * What becomes of a run that failed after `ranMs`. Whoever kills a worker from outside costs its run nothing but time; a run
 * that ends its worker is run once more, in case it was chance, and counts against its input; so does a run that used up
 * all the time that any caller may allow. A caller who allows less than the run needs is not the input's fault. An error that
 * the worker survived is the answer.
 */
export const afterFailure = (
  request: RunRequest,
  failed: { readonly error: unknown; readonly ranMs: number },
  { quarantine, limits }: { quarantine: Quarantine; limits: Pick<SandboxLimits, 'deadlineMs' | 'maximumDeadlineMs'> },
): Consequence => {
  const { error, ranMs } = failed
  const asIs: Consequence = { kind: 'error', error }
  if (request.stop.aborted) {
    const isOverdue = isNootropicError(request.stop.reason, 'DEADLINE_EXCEEDED')
    const isLong = ranMs >= longestRunMs(limits) - timerGrainMs
    if (!isOverdue || !isLong) return asIs
    // The caller has the deadline for an answer already.
    return blame(quarantine, request, error) ?? asIs
  }
  if (!isNootropicError(error, 'WORKER_FAILED')) return asIs
  const isReplayable = request.replays < maximumReplays
  if (isReplayable && error.details.cause === 'killed from outside') return replay
  return blame(quarantine, request, error) ?? (isReplayable ? replay : asIs)
}
