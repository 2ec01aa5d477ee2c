import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { NootropicError } from '../../errors.ts'
import { syncDirectory } from '../../storage/private-file.ts'
import type { ProtectionRecord } from './protection.ts'

// Files that never got their name, and key-encryption keys. Copies that somebody made have other names, and stay.
const temporary = /^\.(keys\.json|key-encryption-key\.\d+)\.[0-9a-f-]{36}$/
const keyFile = /^key-encryption-key\.\d+$/

const remainsIn = async (directory: string, protection: ProtectionRecord): Promise<string[]> => {
  const kept = protection.kind === 'file' ? protection.file : undefined
  const names = await readdir(directory)
  return names.filter((name) => temporary.test(name) || (keyFile.test(name) && name !== kept))
}

/** Whether a process that was killed, or is at work, left something. */
export const hasRemains = async (directory: string, protection: ProtectionRecord): Promise<boolean> =>
  (await remainsIn(directory, protection)).length > 0

/**
 * Removes what is left of former writes, under the lock: key-encryption keys may stand there in clear.
 *
 * @throws NootropicError `STORAGE_FAILED`
 */
export const removeRemains = async (directory: string, protection: ProtectionRecord): Promise<void> => {
  const names = await remainsIn(directory, protection)
  try {
    for (const name of names) await unlink(join(directory, name))
    if (names.length > 0) await syncDirectory(directory)
  } catch (cause) {
    const message = `expected to remove ${names.join(', ')} from ${directory}, which hold former keys`
    const reason = (cause as NodeJS.ErrnoException).code
    throw new NootropicError('STORAGE_FAILED', `${message}, found ${reason}; remove them by hand`, { cause })
  }
}
