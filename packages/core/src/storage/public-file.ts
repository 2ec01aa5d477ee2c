import { link, lstat, rename, unlink } from 'node:fs/promises'
import { type FileContent, writeBeside } from './private-file.ts'

// What people share: signatures, bills of materials, reports. The umask may take bits away.
const fileMode = 0o644

/** What file systems without hard links, such as FAT, answer to link(2). */
const withoutLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

/**
 * Writes a file that others may read (0644) so that a crash leaves the old content or the new, never a part.
 *
 * @throws NootropicError `STORAGE_FAILED` when it cannot be written; the old content is then still there.
 */
export const writePublicFile = (path: string, content: FileContent): Promise<void> =>
  writeBeside(path, content, fileMode, (temporary) => rename(temporary, path))

/**
 * Writes a file that others may read (0644) unless something is there, a link that leads nowhere included: whole or not at
 * all.
 *
 * @returns whether this call made the file.
 * @throws NootropicError `STORAGE_FAILED` when it cannot be written.
 */
export const createPublicFile = (path: string, content: FileContent): Promise<boolean> =>
  writeBeside(path, content, fileMode, async (temporary) => {
    try {
      await link(temporary, path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (!withoutLinks.has(code) && code !== 'EEXIST') throw error
      if (code === 'EEXIST' || (await isThere(path))) {
        await unlink(temporary)
        return false
      }
      await rename(temporary, path)
      return true
    }
    await unlink(temporary)
    return true
  })
