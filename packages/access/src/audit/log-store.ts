import { constants } from 'node:fs'
import { mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { readPrivateFileIfPresent, syncDirectory, writePrivateFile } from '@nootropic/core/storage'

/** The files of a log for reading, by their paths from its directory. */
export interface LogFiles {
  readonly directory: string
  /** A file, or undefined if there is none. @throws NootropicError `FILE_UNREADABLE` for one that others may read. */
  read(path: string): Promise<Buffer | undefined>
  /** The names in a folder, none if there is no such folder. */
  list(folder: string): Promise<string[]>
}

/** The files of a log in a directory. */
export const createLogFiles = (directory: string): LogFiles => ({
  directory,
  read: (path) => readPrivateFileIfPresent(join(directory, path)),
  list: (folder) =>
    readdir(join(directory, folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw new NootropicError(
        'FILE_UNREADABLE',
        `expected to list ${join(directory, folder)}, found ${error.code}; check its owner and mode (0700)`,
      )
    }),
})

// As many bytes as are read of a private file at once; every file of a log is smaller (CWE-770).
const maximumServedBytes = 16 * 1_048_576

/**
 * The files of a log that was handed out, whoever owns them: signatures alone say what they are worth. No link is followed.
 */
export const createServedLogFiles = (directory: string): LogFiles => ({
  ...createLogFiles(directory),
  async read(path) {
    const target = join(directory, path)
    const refuse = (found: string): never => {
      throw new NootropicError('FILE_UNREADABLE', `expected to read ${target}, found ${found}`)
    }
    // A pipe does not block the opening; Windows has neither flag.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    const handle = await open(target, flags).catch((error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? undefined : refuse(error.code ?? 'an error'),
    )
    if (handle === undefined) return undefined
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) return refuse('no regular file')
      if (stats.size > maximumServedBytes) return refuse(`${stats.size} bytes, which no file of a log has`)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  },
})

/** Writes tiles so that they are on disk when {@link TileWriter.finish} resolves. */
export interface TileWriter {
  write(path: string, content: Uint8Array): Promise<void>
  /** Puts the names of what was written on disk. */
  finish(): Promise<void>
}

/** A writer of tiles below a directory. A tile that a crash left half is written again. */
export const createTileWriter = (directory: string): TileWriter => {
  const changed = new Set<string>()
  const known = new Set<string>()
  const ensureFolder = async (folder: string): Promise<void> => {
    if (known.has(folder)) return
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    known.add(folder)
    // A new folder is a name in its parent, up to the first that was made.
    for (let at = folder; first !== undefined && at.length >= first.length; at = dirname(at)) changed.add(dirname(at))
  }
  return {
    async write(path, content) {
      const target = join(directory, path)
      await ensureFolder(dirname(target))
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0)
      const handle = await open(target, flags, 0o600)
      try {
        await handle.writeFile(content)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      changed.add(dirname(target))
    },
    async finish() {
      for (const folder of changed) await syncDirectory(folder)
      changed.clear()
    },
  }
}

/** Puts the checkpoint of what the tiles hold in place, whole. */
export const writeCheckpoint = (directory: string, note: string): Promise<void> =>
  writePrivateFile(join(directory, 'checkpoint'), Buffer.from(note))

/** Removes a file that nothing reads any more, and its folder if that is empty then. Being there still does no harm. */
export const removeQuietly = async (directory: string, path: string): Promise<void> => {
  const target = join(directory, path)
  await unlink(target).catch(() => {})
  if (path.includes('.p/')) await rmdir(dirname(target)).catch(() => {})
}

/**
 * Removes what a killed process left of files that it was about to put in place in a folder: `.NAME.<uuid>`. Such a file
 * may be a second name of the file itself, which is refused, or hold a key, so its bytes are overwritten unless it is.
 */
export const removeTemporaries = async (folder: string, isOurs: (name: string) => boolean): Promise<void> => {
  for (const found of await readdir(folder)) {
    const [, name = ''] = /^\.(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(found) ?? []
    if (name === '' || !isOurs(name)) continue
    const path = join(folder, found)
    const handle = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0))
    try {
      const { nlink, size } = await handle.stat()
      if (nlink === 1) {
        await handle.write(Buffer.alloc(size), 0, size, 0)
        await handle.sync()
      }
    } finally {
      await handle.close()
    }
    await unlink(path)
  }
  await syncDirectory(folder)
}

/** Removes what a killed process left beside one file. */
export const removeTemporariesOf = (path: string): Promise<void> =>
  removeTemporaries(dirname(path), (name) => name === basename(path))
