import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isNootropicError, NootropicError } from '@nootropic/core'
import type { Checkpoint } from './checkpoint.ts'
import { refuseLog } from './corrupt.ts'
import { readPublished } from './load-log.ts'
import type { LogFiles } from './log-store.ts'
import { hashesAt, levelsOf, partialTiles, tilePath, tileWidth } from './tile-layout.ts'

/** Every file that the tiles of so many entries are. */
const tilePaths = function* (size: number): Generator<string> {
  for (let level = 0; level < levelsOf(size); level += 1) {
    const full = Math.floor(hashesAt(level, size) / tileWidth)
    for (let index = 0; index < full; index += 1) {
      if (level === 0) yield tilePath('entries', index)
      yield tilePath(level, index)
    }
  }
  for (const { level, index, width } of partialTiles(size)) yield tilePath(level, index, width)
}

const emptyDirectory = async (target: string): Promise<void> => {
  await mkdir(target, { recursive: true, mode: 0o755 })
  if ((await readdir(target)).length === 0) return
  throw new NootropicError('USAGE', `expected ${target} to be an empty directory, found files in it; name a new one`)
}

/**
 * Copies the published tiles of a log and their checkpoint into an empty directory, for others to read. The checkpoint
 * comes last: a directory with one is whole.
 *
 * @throws NootropicError `USAGE` if the log is empty or the directory is not, `FILE_UNREADABLE` if it cannot be written.
 */
export const exportTiles = async (files: LogFiles, origin: string, target: string): Promise<Checkpoint> => {
  const { note, size, root } = await readPublished(files, origin)
  if (size === 0) throw new NootropicError('USAGE', 'expected an audit log with entries to export, found an empty one')
  const write = async (path: string, content: Buffer): Promise<void> => {
    await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o755 })
    await writeFile(join(target, path), content, { flag: 'wx', mode: 0o644 })
  }
  try {
    await emptyDirectory(target)
    for (const path of tilePaths(size)) {
      await write(path, (await files.read(path)) ?? refuseLog(files.directory, `no ${path}`))
    }
    await write('checkpoint', Buffer.from(note))
  } catch (cause) {
    if (isNootropicError(cause)) throw cause
    const { code = 'an error' } = cause as NodeJS.ErrnoException
    throw new NootropicError(
      'FILE_UNREADABLE',
      `expected ${target} to be a directory that can be written, found ${code}; mend that or name another`,
      { cause },
    )
  }
  return { origin, size, root }
}
