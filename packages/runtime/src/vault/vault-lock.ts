import { NootropicError } from '@nootropic/core'
import { withLock } from '@nootropic/core/storage'

// It is held to give a directory its name or to remove one, never while a model is sealed or opened: who holds it for
// longer is stopped or stuck.
const longestWaitMilliseconds = 30_000

/**
 * Holds the lock of a vault for as long as `work` takes.
 *
 * @throws NootropicError `STORAGE_FAILED` when another process keeps it, or no lock file can be made
 */
export const withVaultLock = <Result>(directory: string, work: () => Promise<Result>): Promise<Result> => {
  const refused = (holder: string, path: string): Error =>
    new NootropicError(
      'STORAGE_FAILED',
      `expected the lock of the vault ${directory}, found it held by ${holder}; end that process, or remove ${path} if it is gone`,
    )
  return withLock(directory, 'lock', { longestWaitMilliseconds, refused }, work)
}
