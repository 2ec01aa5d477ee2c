import { NootropicError } from '@nootropic/core'
import { tryLock } from '@nootropic/core/storage'

/**
 * Makes this process the one writer of a directory's log. A lock whose process is dead is taken over.
 *
 * @returns the call that gives the lock back.
 * @throws NootropicError `AUDIT_UNAVAILABLE` if another writer has it.
 */
export const acquireWriterLock = async (directory: string): Promise<() => Promise<void>> => {
  const attempt = await tryLock(directory, 'writer')
  if (attempt.release !== undefined) return attempt.release
  throw new NootropicError(
    'AUDIT_UNAVAILABLE',
    `expected to be the only writer of the audit log in ${directory}, found ${attempt.holder}; use one openAuditLog per directory, or close the other. If that process is gone, remove ${attempt.path}`,
  )
}
