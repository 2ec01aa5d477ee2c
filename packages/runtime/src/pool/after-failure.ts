import { isNootropicError, NootropicError } from '@nootropic/core'
import type { SandboxLimits } from '../sandbox/limits.ts'
import { maximumDeaths, type Quarantine, type Suspect } from './quarantine.ts'
import type { RunRequest } from './run-request.ts'

// A run can end its worker so that it looks as if somebody on the host did (by exit code 137, by using up the host's memory):
// what is run anew for nothing is bounded.
const maximumReplays = 64

// A caller may allow less time than a run needs, and that is not the input's fault.
const shareOfDeadline = 0.5

/** What is to become of a run that failed. */
export type Consequence =
  | { readonly kind: 'replay' }
  | { readonly kind: 'error'; readonly error: unknown; readonly quarantined?: Suspect }

const replay: Consequence = { kind: 'replay' }

const blame = (quarantine: Quarantine, request: RunRequest, error: unknown): Consequence | undefined => {
  const suspect = quarantine.blame(request.feeds)
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
 * what the limits allow. An error that the worker survived is the answer.
 */
export const afterFailure = (
  request: RunRequest,
  failed: { readonly error: unknown; readonly ranMs: number },
  { quarantine, limits }: { quarantine: Quarantine; limits: Pick<SandboxLimits, 'deadlineMs'> },
): Consequence => {
  const { error, ranMs } = failed
  const asIs: Consequence = { kind: 'error', error }
  if (request.stop.aborted) {
    const isOverdue = isNootropicError(request.stop.reason, 'DEADLINE_EXCEEDED')
    const isLong = ranMs >= limits.deadlineMs * shareOfDeadline
    if (!isOverdue || !isLong) return asIs
    // The caller has the deadline for an answer already.
    return blame(quarantine, request, error) ?? asIs
  }
  if (!isNootropicError(error, 'WORKER_FAILED')) return asIs
  const isReplayable = request.replays < maximumReplays
  if (isReplayable && error.details.cause === 'killed from outside') return replay
  return blame(quarantine, request, error) ?? (isReplayable ? replay : asIs)
}
