import { setTimeout as sleep } from 'node:timers/promises'
import { tryLock } from '../../storage/directory-lock.ts'
import { ensurePrivateDirectory } from '../../storage/private-file.ts'
import { keyUnavailable, refuseUnreadable } from './key-error.ts'

const lockName = 'lock'
// Ten thousand keys are wrapped anew in less; who holds the lock for longer is stopped or stuck.
const longestWaitMilliseconds = 30_000
const pollMilliseconds = 5

/** Whether a file belongs to the lock. */
export const isLockFile = (name: string): boolean => /^\.?lock\.\d+(\.|$)/.test(name)

/**
 * Holds the lock of a key store's directory, which is made if there is none, for as long as `work` takes.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when the directory is not private or another process keeps the lock.
 */
export const withStoreLock = async <Result>(directory: string, work: () => Promise<Result>): Promise<Result> => {
  await ensurePrivateDirectory(directory).catch(refuseUnreadable)
  const start = performance.now()
  for (;;) {
    const attempt = await tryLock(directory, lockName)
    if (attempt.release !== undefined) {
      try {
        return await work()
      } finally {
        await attempt.release().catch(() => {}) // the directory was removed
      }
    }
    if (performance.now() - start > longestWaitMilliseconds) {
      const message = `expected the lock of the key store ${directory}, found it held by ${attempt.holder}`
      throw keyUnavailable(`${message}; end that process, or remove ${attempt.path} if it is gone`)
    }
    await sleep(pollMilliseconds)
  }
}
