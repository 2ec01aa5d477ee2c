import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isNootropicError, NootropicError } from '../errors.ts'

/** What a private file is written from. */
export type FileContent = Uint8Array | AsyncIterable<Uint8Array>

// What nootropic reads whole from a private file is keys and settings; larger files are read in pieces (CWE-770).
export const maximumPrivateFileBytes = 16 * 1024 * 1024

const fileMode = 0o600
const directoryMode = 0o700

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)

const unreadable = (path: string, found: string, remedy: string): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${path} to be private to this user, found ${found}; ${remedy}`)

// Windows has neither owners nor modes as numbers: there the access list of the profile directory is what protects.
const checkOwnerAndMode = (path: string, stats: Stats, mode: number): void => {
  const user = process.geteuid?.()
  if (user === undefined) return
  if (stats.uid !== user) {
    throw unreadable(path, `owner ${stats.uid} instead of ${user}`, 'move it away, or run as its owner')
  }
  if ((stats.mode & 0o077) !== 0) {
    const found = (stats.mode & 0o777).toString(8).padStart(4, '0')
    throw unreadable(path, `mode ${found}`, `run: chmod ${mode.toString(8)} '${path}'`)
  }
}

/** Puts the names in a directory on disk: without it a file that was renamed into place can be gone after a power cut. */
export const syncDirectory = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return // a directory cannot be opened there
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a directory that only this user can enter (0700), or verifies that it is one.
 *
 * Its parents are not judged: who controls them can put another directory in its place, but that one has another owner
 * and is refused.
 *
 * @throws NootropicError `FILE_UNREADABLE` for a link, another kind of file, a foreign owner, or a mode that lets others in.
 */
export const ensurePrivateDirectory = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true, mode: directoryMode })
  } catch (error) {
    throw unreadable(path, `that it cannot be made (${reasonOf(error)})`, 'choose another directory')
  }
  // Resolved: a slash at the end would follow a link.
  const stats = await lstat(resolve(path))
  if (!stats.isDirectory()) throw unreadable(path, 'a link or a file', 'name the directory itself')
  checkOwnerAndMode(path, stats, directoryMode)
}

const verifyStats = (path: string, stats: Stats): void => {
  if (!stats.isFile()) throw unreadable(path, 'something else than a regular file', 'name a regular file')
  checkOwnerAndMode(path, stats, fileMode)
}

/**
 * Verifies that a file is a regular one and private to this user, without opening it: to open and close a SQLite file
 * drops the locks that this process has on it (sqlite.org/howtocorrupt.html, section 2.2).
 *
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const verifyPrivateFile = async (path: string): Promise<void> => verifyStats(path, await lstat(path))

/**
 * Opens a file for reading, after verifying on the open file that it is a regular one and private to this user (CWE-367,
 * CWE-732). No link is followed.
 *
 * @throws NootropicError `FILE_UNREADABLE`; `details.reason` is `ENOENT` when there is no such file.
 */
export const openPrivateFile = async (path: string): Promise<FileHandle> => {
  let handle: FileHandle
  try {
    // O_NONBLOCK: opening a FIFO for reading would wait for a writer.
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const reason = reasonOf(error)
    const found = reason === 'ELOOP' ? 'a link' : reason === 'ENOENT' ? 'no such file' : reason
    const message = `expected a private file at ${path}, found ${found}; check the path and its permissions`
    throw new NootropicError('FILE_UNREADABLE', message, { details: { reason } })
  }
  try {
    verifyStats(path, await handle.stat())
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

// A name that a file has only until it is placed.
const temporaryName = (path: string): string => `.${basename(path)}.${randomUUID()}`
const isTemporaryNameOf = (name: string, path: string): boolean => {
  const prefix = `.${basename(path)}.`
  return name.startsWith(prefix) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name.slice(prefix.length))
}

/**
 * Removes the temporary names that a file still has because the process that placed it was killed before it could, or has not
 * come to it yet: the file has its own name, so nobody needs them.
 */
const removeTemporaryNames = async (path: string, { dev, ino }: Stats): Promise<void> => {
  const directory = dirname(path)
  for (const name of await readdir(directory)) {
    if (!isTemporaryNameOf(name, path)) continue
    const temporary = join(directory, name)
    const stats = await lstat(temporary).catch(() => undefined)
    if (stats?.ino === ino && stats.dev === dev) await unlink(temporary).catch(() => {}) // what stays is refused below
  }
}

/**
 * Reads a small private file whole: one that {@link writePrivateFile} or {@link createPrivateFile} wrote, so that it has one
 * name. A second name (a hard link) would keep a secret where removing the file does not reach it; the temporary name that a
 * killed {@link createPrivateFile} left is removed.
 *
 * @throws NootropicError `FILE_UNREADABLE` as {@link openPrivateFile}, and for a second name; `LIMIT_EXCEEDED` beyond 16 MiB.
 */
export const readPrivateFile = async (path: string): Promise<Buffer> => {
  const handle = await openPrivateFile(path)
  try {
    const found = await handle.stat()
    if (found.nlink > 1) await removeTemporaryNames(path, found)
    const { size, nlink } = await handle.stat()
    // None is left when the file was replaced after it was opened.
    if (nlink > 1) {
      throw unreadable(
        path,
        `${nlink} names (hard links)`,
        `find the others with find -samefile '${path}' and remove them`,
      )
    }
    if (size > maximumPrivateFileBytes) {
      throw new NootropicError(
        'LIMIT_EXCEEDED',
        `expected at most ${maximumPrivateFileBytes} bytes in ${path}, found ${size}`,
      )
    }
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/**
 * Reads a file that was written with these functions, or finds that there is none.
 *
 * @returns the bytes, or undefined without such a file.
 * @throws NootropicError as {@link readPrivateFile} for a file that is there and may not be trusted.
 * @example
 * ```ts
 * const settings = await readPrivateFileIfPresent('/home/me/.nootropic/config/access.yaml')
 * ```
 */
export const readPrivateFileIfPresent = (path: string): Promise<Buffer | undefined> =>
  readPrivateFile(path).catch((error: unknown) => {
    if (isNootropicError(error, 'FILE_UNREADABLE') && error.details.reason === 'ENOENT') return undefined
    throw error
  })

/**
 * Writes and syncs a new file beside `path`, lets `place` give it its name, and syncs the directory. Whoever reads `path`
 * sees the old content or the whole new one.
 *
 * @throws NootropicError `STORAGE_FAILED`, and what `place` throws of ours
 */
export const writeBeside = async <Result>(
  path: string,
  content: FileContent,
  mode: number,
  place: (temporary: string) => Promise<Result>,
): Promise<Result> => {
  const temporary = join(dirname(path), temporaryName(path))
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await writeFile(handle, content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    const result = await place(temporary)
    await syncDirectory(dirname(path))
    return result
  } catch (error) {
    await unlink(temporary).catch(() => {}) // it may not exist, or have its name already
    if (isNootropicError(error)) throw error
    const message = `expected to write ${path}, found ${reasonOf(error)}; check free space and permissions`
    throw new NootropicError('STORAGE_FAILED', message, { cause: error })
  }
}

/**
 * Writes a private file (0600) so that a crash leaves the old content or the new, never a part: a temporary file in the
 * same directory, fsync, rename, fsync of the directory.
 *
 * @throws NootropicError `STORAGE_FAILED` when it cannot be written; the old content is then still there.
 */
export const writePrivateFile = (path: string, content: FileContent): Promise<void> =>
  writeBeside(path, content, fileMode, (temporary) => rename(temporary, path))

/**
 * Writes a private file unless there is one, whole or not at all: of several processes one wins, and the others find the
 * winner's content.
 *
 * @returns whether this call made the file.
 * @throws NootropicError `STORAGE_FAILED` when it cannot be written.
 */
export const createPrivateFile = (path: string, content: FileContent): Promise<boolean> =>
  writeBeside(path, content, fileMode, async (temporary) => {
    // link(2) fails where a name exists, as O_EXCL does, but gives the name to content that is complete.
    const created = await link(temporary, path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    await unlink(temporary).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error // whoever read the file may have removed it already
    })
    return created
  })
