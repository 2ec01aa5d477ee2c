import { readdir } from 'node:fs/promises'
import { type Clock, systemClock } from '../../clock.ts'
import { NootropicError } from '../../errors.ts'
import { fileProtection } from './file-protection.ts'
import { nextLine } from './history.ts'
import { keyUnavailable } from './key-error.ts'
import { keyEncryptionKey } from './key-ring.ts'
import type { KeyProtection, ProtectionRecord } from './protection.ts'
import { openRecovery, type RecoveryOpeners } from './recovery-file.ts'
import { writeFirstRing } from './ring-file.ts'
import { useSecret } from './secret-bytes.ts'
import { isLockFile, withStoreLock } from './store-lock.ts'

// Keys that were under more than a file must not come to lie in one because nobody thought of it.
const sameProtection = (exported: ProtectionRecord['kind']): KeyProtection => {
  if (exported === 'file') return fileProtection()
  const message = `expected a protection for keys that were protected by a ${exported}, got none`
  throw new NootropicError('USAGE', `${message}; give one, be it fileProtection()`)
}

/**
 * Restores the key store of a recovery file into a directory that is empty or not there; nothing is ever overwritten.
 *
 * `protection`, or what it answers to the kind that protected the store when it was exported, protects the keys from now
 * on. It may be left out only where that was a file.
 *
 * A file that was encrypted to a recipient says nothing of who wrote it: import the one that you kept.
 *
 * @returns how many keys were restored, and what protects them.
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
  protection?: KeyProtection | ((exported: ProtectionRecord['kind']) => KeyProtection)
  clock?: Clock
}): Promise<{ keys: number; protection: ProtectionRecord['kind'] }> => {
  const { directory, file, openers, protection = sameProtection, clock = systemClock } = options
  const { ring, bytes } = await openRecovery(file, openers)
  return useSecret(bytes, async () => {
    const chosen = typeof protection === 'function' ? protection(ring.protection.kind) : protection
    await withStoreLock(directory, async () => {
      const found = (await readdir(directory)).filter((name) => !isLockFile(name))
      if (found.length > 0) {
        const message = `expected an empty directory at ${directory}, found ${found.length} files`
        throw keyUnavailable(`${message}; restore into another one and move it into place`)
      }
      const record = await chosen.protect(bytes, { directory, generation: ring.generation })
      const last = nextLine(ring.last, clock.now().toISOString(), [{ action: 'store-restored' }])
      await writeFirstRing(directory, { ring: { ...ring, protection: record, last }, key: keyEncryptionKey(bytes) })
    })
    return { keys: ring.keys.length, protection: chosen.kind }
  })
}
