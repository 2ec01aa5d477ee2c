import { readdir } from 'node:fs/promises'
import { type Clock, systemClock } from '../../clock.ts'
import { fileProtection } from './file-protection.ts'
import { keyUnavailable } from './key-error.ts'
import { keyEncryptionKey } from './key-ring.ts'
import type { KeyProtection } from './protection.ts'
import { openRecovery, type RecoveryOpeners } from './recovery-file.ts'
import { writeFirstRing } from './ring-file.ts'
import { useSecret } from './secret-bytes.ts'
import { isLockFile, withStoreLock } from './store-lock.ts'

/**
 * Restores the key store of a recovery file into a directory that is empty or not there; nothing is ever overwritten.
 *
 * A file that was encrypted to a recipient says nothing of who wrote it: import the one that you kept.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when the directory is not empty or not private, or the file does not open;
 *   `USAGE`, `LIMIT_EXCEEDED`, `STORAGE_FAILED`
 * @example
 * ```ts
 * await importRecovery({ directory, file: await readFile('keys.age'), openers: { identities: ['AGE-SECRET-KEY-1…'] } })
 * const keys = await openKeyStore({ directory })
 * ```
 */
export const importRecovery = async (options: {
  directory: string
  file: Uint8Array
  openers: RecoveryOpeners
  protection?: KeyProtection
  clock?: Clock
}): Promise<void> => {
  const { directory, file, openers, protection = fileProtection(), clock = systemClock } = options
  const { ring, bytes } = await openRecovery(file, openers)
  await useSecret(bytes, () =>
    withStoreLock(directory, async () => {
      const found = (await readdir(directory)).filter((name) => !isLockFile(name))
      if (found.length > 0) {
        const message = `expected an empty directory at ${directory}, found ${found.length} files`
        throw keyUnavailable(`${message}; restore into another one and move it into place`)
      }
      const at = clock.now().toISOString()
      const record = await protection.protect(bytes, { directory, generation: ring.generation })
      const last = { revision: ring.last.revision + 1, at, changes: [{ action: 'store-restored' as const }] }
      await writeFirstRing(directory, { ring: { ...ring, protection: record, last }, key: keyEncryptionKey(bytes) })
    }),
  )
}
