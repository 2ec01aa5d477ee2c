import { setTimeout as sleep } from 'node:timers/promises'
import { NootropicError } from '@nootropic/core'
import { tryLock } from '@nootropic/core/storage'

// It is held to give a directory its name or to remove one, never while a model is sealed or opened: who holds it for
// longer is stopped or stuck.
const longestWaitMilliseconds = 30_000
const pollMilliseconds = 5

/**
 * Holds the lock of a vault for as long as `work` takes.
 *
 * @throws NootropicError `STORAGE_FAILED` when another process keeps it, or no lock file can be made
 */
export const withVaultLock = async <Result>(directory: string, work: () => Promise<Result>): Promise<Result> => {
  const start = performance.now()
  for (;;) {
    const attempt = await tryLock(directory, 'lock')
    if (attempt.release !== undefined) {
      try {
        return await work()
      } finally {
        await attempt.release().catch(() => {}) // the directory was removed
      }
    }
    if (performance.now() - start > longestWaitMilliseconds) {
      const message = `expected the lock of the vault ${directory}, found it held by ${attempt.holder}`
      throw new NootropicError(
        'STORAGE_FAILED',
        `${message}; end that process, or remove ${attempt.path} if it is gone`,
      )
    }
    await sleep(pollMilliseconds)
  }
}
