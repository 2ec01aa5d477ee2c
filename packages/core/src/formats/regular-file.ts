import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { NootropicError } from '../errors.ts'
import { printable } from '../quoted.ts'

/** A file that was opened, and what it was then. */
export interface RegularFile {
  readonly handle: FileHandle
  readonly size: number
  /** How many names the file has. */
  readonly links: number
  /** Device and inode: equal for two names of one file. */
  readonly identity: string
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing there',
  ENOTDIR: 'nothing there',
  EACCES: 'that this user may not read it',
  EPERM: 'that this user may not read it',
  ELOOP: 'a symbolic link; name the file that it points to',
  ENXIO: 'a socket or a pipe',
}

/** The refusal of a file that is not what it must be. */
export const unreadable = (path: string, expected: string, found: string): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${printable(path)} to ${expected}, found ${found}`)

/** Runs `read` and turns an error of the operating system into the one for a file that cannot be read. */
export const orUnreadable = async <T>(path: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!(error instanceof Error) || error instanceof NootropicError || code === undefined) throw error
    const message = `expected ${printable(path)} to be readable, found ${reasons[code] ?? `the error ${code}`}`
    throw new NootropicError('FILE_UNREADABLE', message, { cause: error })
  }
}

/**
 * Opens a regular file for reading. A symbolic link is not followed (CWE-59) and a pipe does not block.
 *
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const openRegularFile = async (path: string): Promise<RegularFile> => {
  // Windows has neither flag, and no pipes in its directories.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await orUnreadable(path, () => open(path, flags))
  try {
    const status = await handle.stat()
    if (!status.isFile()) throw unreadable(path, 'be a file', status.isDirectory() ? 'a directory' : 'another kind')
    return { handle, size: status.size, links: status.nlink, identity: `${status.dev}:${status.ino}` }
  } catch (error) {
    await handle.close()
    throw error
  }
}
