import { isNootropicError, NootropicError } from '@nootropic/core'

/** Starts in a row that may fail before whoever waits is told so. */
const maximumStartFailures = 4

const firstDelayMs = 100
const longestDelayMs = 30_000

/** How the last starts of workers went. */
export interface StartRecord {
  /** Milliseconds to wait before the next: longer after each that failed. */
  readonly delayMs: number
  /** Why runs are refused while there is no worker; undefined as long as there is hope. */
  readonly refusal: NootropicError | undefined
  failed(error: unknown): void
  succeeded(): void
}

export const createStartRecord = (): StartRecord => {
  let failures = 0
  let last: unknown
  return {
    get delayMs() {
      return failures === 0 ? 0 : Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs)
    },
    get refusal() {
      if (failures < maximumStartFailures) return undefined
      const code = isNootropicError(last) ? last.code : 'WORKER_FAILED'
      const reason = isNootropicError(last) ? last.message : 'an unexpected failure'
      return new NootropicError(
        code,
        `expected a worker to start, ${failures} in a row did not (${reason}); another is started by itself, in ` +
          `${longestDelayMs / 1000} s at the latest`,
        { cause: last, details: { failures } },
      )
    },
    failed(error) {
      failures += 1
      last = error
    },
    succeeded() {
      failures = 0
      last = undefined
    },
  }
}
