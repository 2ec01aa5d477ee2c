import { NootropicError } from '@nootropic/core'

/**
 * What tells work to stop: the part of an `AbortSignal` that is used here. Every run has one of its own, and to make an
 * `AbortSignal`, which is watched by the garbage collector, would cost a quarter of all that the host does for a small run.
 */
export interface Stop {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** A stop, and the call that gives it; only the first counts. */
export interface StopSource extends Stop {
  abort(reason: unknown): void
}

export const createStop = (): StopSource => {
  const listeners = new Set<() => void>()
  let aborted = false
  let reason: unknown
  return {
    get aborted() {
      return aborted
    },
    get reason() {
      return reason
    },
    throwIfAborted() {
      if (aborted) throw reason
    },
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
    abort(because) {
      if (aborted) return
      aborted = true
      reason = because
      const told = [...listeners]
      listeners.clear()
      for (const listener of told) listener()
    },
  }
}

/** A stop that is given with a typed error when the caller gives up or the time is over. */
export interface StopSignal {
  readonly signal: Stop
  stop(error: NootropicError): void
  /** Lets go of the timer and of the caller's signal. */
  release(): void
}

// What a timer can hold; a longer one would fire at once.
const maximumTimerMs = 2 ** 31 - 1

export const createStopSignal = (deadlineMs: number, caller: AbortSignal | undefined): StopSignal => {
  const signal = createStop()
  const stop = (error: NootropicError): void => signal.abort(error)
  const abort = (): void =>
    stop(new NootropicError('ABORTED', 'the caller stopped the work', { cause: caller?.reason }))
  const expire = (): void =>
    stop(new NootropicError('DEADLINE_EXCEEDED', `expected an answer within ${deadlineMs} ms; the work was stopped`))
  if (caller?.aborted) abort()
  caller?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(expire, Math.min(deadlineMs, maximumTimerMs))
  return {
    signal,
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
  work: (stop: Stop) => Promise<T>,
): Promise<T> => {
  const stop = createStopSignal(deadlineMs, caller)
  try {
    return await work(stop.signal)
  } finally {
    stop.release()
  }
}

/** What `work` gives, unless `stop` aborts before: then its reason is thrown, and `work` is left to itself. */
export const untilStopped = <T>(work: Promise<T>, stop: Stop): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(stop.reason)
    if (stop.aborted) abort()
    stop.addEventListener('abort', abort, { once: true })
    void work.then(resolve, reject).finally(() => stop.removeEventListener('abort', abort))
  })
