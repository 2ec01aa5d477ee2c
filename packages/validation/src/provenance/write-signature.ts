import { randomUUID } from 'node:crypto'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { NootropicError } from '@nootropic/core'

/**
 * Writes a signature file, which everybody may read, so that a crash leaves the old one or the new one, never a part.
 *
 * @throws NootropicError `STORAGE_FAILED`; the old one is then still there.
 */
export const writeSignature = async (path: string, text: string): Promise<void> => {
  const { syncDirectory } = await import('@nootropic/core/storage')
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    const handle = await open(temporary, 'wx', 0o644)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (cause) {
    await unlink(temporary).catch(() => {}) // it may not exist, or have its name already
    const { code = String(cause) } = cause as NodeJS.ErrnoException
    const message = `expected to write the signature ${path}, found ${code}; check free space and permissions`
    throw new NootropicError('STORAGE_FAILED', message, { cause })
  }
}
