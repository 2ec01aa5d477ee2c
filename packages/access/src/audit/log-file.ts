import { constants, fstatSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { isNootropicError, NootropicError } from '@nootropic/core'

/** The file that a log is written to. Bytes are only ever added to it, except that recovery cuts a torn end. */
export interface LogFile {
  readonly path: string
  readonly size: number
  /** Resolves when the bytes are on disk. After an error nothing can be said of the file, and it must be opened anew. */
  append(bytes: Uint8Array): Promise<void>
  /** Cuts the file. */
  truncate(size: number): Promise<void>
  close(): Promise<void>
}

/** What an operation on the log's files threw, as the error that makes the caller stop. */
export const unavailable = (path: string, cause: unknown): NootropicError => {
  if (isNootropicError(cause, 'AUDIT_UNAVAILABLE') || isNootropicError(cause, 'AUDIT_CORRUPT')) return cause
  const found = cause instanceof Error ? cause.message : String(cause)
  return new NootropicError(
    'AUDIT_UNAVAILABLE',
    `expected to write the audit log ${path}, got: ${found}; mend that and open the log again`,
    { cause },
  )
}

// With it a write waits for the disk itself: one wait for a thread instead of two. Elsewhere than on Linux it is absent, or
// promises less than fdatasync does.
const throughToDisk = process.platform === 'linux' ? constants.O_DSYNC : 0

/** Opens a log file that exists for appending. No link is followed. */
export const openLogFile = async (path: string): Promise<LogFile> => {
  // O_APPEND: what stands in the file cannot be overwritten through this descriptor.
  const handle = await open(path, constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0) | throughToDisk)
  try {
    const stats = await handle.stat()
    const isForeign = process.geteuid !== undefined && stats.uid !== process.geteuid()
    const isOpenToOthers = process.platform !== 'win32' && (stats.mode & 0o077) !== 0
    if (!stats.isFile() || stats.nlink !== 1 || isForeign || isOpenToOthers) {
      const found = `mode ${(stats.mode & 0o7777).toString(8)}, owner ${stats.uid}, ${stats.nlink} names`
      throw new Error(`${found}, where a file of this user with mode 600 and one name is expected`)
    }
    let size = stats.size
    const checkUntouched = (): void => {
      // It asks nothing of the disk, and takes a fraction of what waiting for a thread would.
      const now = fstatSync(handle.fd)
      if (now.nlink === 1 && now.size === size) return
      throw new NootropicError(
        'AUDIT_CORRUPT',
        `expected ${size} bytes in ${path}, got ${now.size} and ${now.nlink} names: another program changed the log; keep the file as evidence`,
      )
    }
    return {
      path,
      get size() {
        return size
      },
      async append(bytes) {
        // An entry must not be acknowledged that went to a removed file or behind somebody else's bytes.
        checkUntouched()
        for (let written = 0; written < bytes.length; ) {
          written += (await handle.write(bytes, written)).bytesWritten
        }
        if (throughToDisk === 0) await handle.datasync()
        size += bytes.length
      },
      async truncate(newSize) {
        await handle.truncate(newSize)
        await handle.datasync()
        size = newSize
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
