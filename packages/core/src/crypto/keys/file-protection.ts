import { join } from 'node:path'
import { readPrivateFile, writePrivateFile } from '../../storage/private-file.ts'
import { isMissing, keyUnavailable, refuseUnreadable } from './key-error.ts'
import type { FileRecord, KeyProtection } from './protection.ts'

/**
 * Keeps the key-encryption key in a file (0600) beside the ring. Who reads the directory as this user, or a backup of it,
 * has all keys: it protects against other users only. Removing a file does not erase its blocks.
 */
export const fileProtection = (): KeyProtection<FileRecord> => ({
  kind: 'file',
  async protect(key, { directory, generation }) {
    const file = `key-encryption-key.${generation}`
    await writePrivateFile(join(directory, file), key)
    return { kind: 'file', file }
  },
  reveal({ file }, { directory }) {
    const path = join(directory, file)
    return readPrivateFile(path).catch((error: unknown) => {
      if (!isMissing(error)) return refuseUnreadable(error)
      const message = `expected the key-encryption key at ${path}, found nothing; restore the file from its backup`
      throw keyUnavailable(`${message}, or import a recovery file into another directory`)
    })
  },
  async forget() {}, // a key store removes the files that its ring does not name
})
