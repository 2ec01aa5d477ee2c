import { setTimeout as sleep } from 'node:timers/promises'
import { tryLock } from './directory-lock.ts'

const pollMilliseconds = 5

/** How to hold a lock. */
export interface LockOptions {
  /** How long others may hold it, in milliseconds: longer than their work can take. */
  readonly longestWaitMilliseconds: number
  /** The error for a lock that `holder` keeps by the file at `path`. */
  readonly refused: (holder: string, path: string) => Error
}

/**
 * Waits for the lock `name` of a directory and holds it for as long as `work` takes.
 *
 * @throws what `refused` makes, what `work` throws, and NootropicError `STORAGE_FAILED` when no lock file can be made
 * @example
 * ```ts
 * const refused = (holder: string) => new Error(`held by ${holder}`)
 * await withLock('/home/me/.nootropic/models', 'lock', { longestWaitMilliseconds: 30_000, refused }, work)
 * ```
 */
export const withLock = async <Result>(
  directory: string,
  name: string,
  { longestWaitMilliseconds, refused }: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> => {
  const start = performance.now()
  for (;;) {
    const attempt = await tryLock(directory, name)
    if (attempt.release !== undefined) {
      try {
        return await work()
      } finally {
        await attempt.release().catch(() => {}) // the directory was removed
      }
    }
    if (performance.now() - start > longestWaitMilliseconds) throw refused(attempt.holder, attempt.path)
    await sleep(pollMilliseconds)
  }
}
