import { NootropicError } from '@nootropic/core'

/** A signal that aborts with a typed error when the caller gives up or the time is over. */
export interface StopSignal {
  readonly signal: AbortSignal
  stop(error: NootropicError): void
  /** Lets go of the timer and of the caller's signal. */
  release(): void
}

// What a timer can hold; a longer one would fire at once.
const maximumTimerMs = 2 ** 31 - 1

export const createStopSignal = (deadlineMs: number, caller: AbortSignal | undefined): StopSignal => {
  const controller = new AbortController()
  const stop = (error: NootropicError): void => controller.abort(error)
  const abort = (): void =>
    stop(new NootropicError('ABORTED', 'the caller stopped the work', { cause: caller?.reason }))
  const expire = (): void =>
    stop(new NootropicError('DEADLINE_EXCEEDED', `expected an answer within ${deadlineMs} ms; the work was stopped`))
  if (caller?.aborted) abort()
  caller?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(expire, Math.min(deadlineMs, maximumTimerMs))
  return {
    signal: controller.signal,
    stop,
    release() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', abort)
    },
  }
}

/** What `work` gives, which is told to stop when its caller gives up or the time is over. */
export const withDeadline = async <T>(
  deadlineMs: number,
  caller: AbortSignal | undefined,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> => {
  const stop = createStopSignal(deadlineMs, caller)
  try {
    return await work(stop.signal)
  } finally {
    stop.release()
  }
}

/** What `work` gives, unless `stop` aborts before: then its reason is thrown, and `work` is left to itself. */
export const untilStopped = <T>(work: Promise<T>, stop: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(stop.reason)
    if (stop.aborted) abort()
    stop.addEventListener('abort', abort, { once: true })
    void work.then(resolve, reject).finally(() => stop.removeEventListener('abort', abort))
  })
