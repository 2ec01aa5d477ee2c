import { ensurePrivateDirectory } from '../../storage/private-file.ts'
import { withLock } from '../../storage/wait-for-lock.ts'
import { keyUnavailable, refuseUnreadable } from './key-error.ts'

const lockName = 'lock'
// Ten thousand keys are wrapped anew in less; who holds the lock for longer is stopped or stuck.
const longestWaitMilliseconds = 30_000

/** Whether a file belongs to the lock. */
export const isLockFile = (name: string): boolean => /^\.?lock\.\d+(\.|$)/.test(name)

/**
 * Holds the lock of a key store's directory, which is made if there is none, for as long as `work` takes.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when the directory is not private or another process keeps the lock.
 */
export const withStoreLock = async <Result>(directory: string, work: () => Promise<Result>): Promise<Result> => {
  await ensurePrivateDirectory(directory).catch(refuseUnreadable)
  const refused = (holder: string, path: string): Error =>
    keyUnavailable(
      `expected the lock of the key store ${directory}, found it held by ${holder}; end that process, or remove ${path} if it is gone`,
    )
  return withLock(directory, lockName, { longestWaitMilliseconds, refused }, work)
}
