import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'

/** A directory on the way to a path: whoever may write to it decides what stands there. */
export interface ParentDirectory {
  readonly path: string
  readonly mode: number
  readonly user: number
}

/** The way to a path, held open so that nobody can change it meanwhile. */
export interface OpenedParents {
  /** Every directory on the way, also those that hold a link on it. */
  readonly directories: readonly ParentDirectory[]
  /** Where to find the path: below the open directory, which no link leads to any more. */
  readonly place: string
  close(): Promise<void>
}

// As many as the kernel follows (path_resolution(7)).
const maximumLinks = 40
// open(2): a handle that only names a directory and needs no right to read it. Node has no name for it; the value is that
// of every architecture that Node is built for on Linux.
const oPath = 0o10000000
const directoryFlags = oPath | constants.O_DIRECTORY | (constants.O_NOFOLLOW ?? 0)

const toParent = (path: string, { mode, uid }: Stats): ParentDirectory => ({ path, mode: mode & 0o7777, user: uid })
const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.')
const looping = (path: string): Error => Object.assign(new Error(`too many links: ${path}`), { code: 'ELOOP' })

/** Follows the way to a path by hand, so that the directories that hold its links are seen too. */
const followParents = async (path: string): Promise<{ directories: ParentDirectory[]; real: string }> => {
  const seen = new Map<string, ParentDirectory>()
  let place = '/'
  let links = 0
  seen.set(place, toParent(place, await lstat(place)))
  for (let pending = partsOf(dirname(path)); pending.length > 0; ) {
    const [part = '', ...rest] = pending
    pending = rest
    if (part === '..') {
      place = dirname(place)
      continue
    }
    const next = join(place, part)
    const stats = await lstat(next)
    if (stats.isSymbolicLink()) {
      links += 1
      if (links > maximumLinks) throw looping(path)
      const target = await readlink(next)
      if (isAbsolute(target)) place = '/'
      pending = [...partsOf(target), ...pending]
      continue
    }
    place = next
    seen.set(place, toParent(place, stats))
  }
  return { directories: [...seen.values()], real: place }
}

/** Opens a directory part by part, each below the one that is open, and follows no link. */
const openDirectory = async (path: string): Promise<{ handle: FileHandle; directories: ParentDirectory[] }> => {
  let handle = await open('/', directoryFlags)
  const directories = [toParent('/', await handle.stat())]
  let place = '/'
  for (const part of partsOf(path)) {
    const above = handle
    try {
      handle = await open(`/proc/self/fd/${above.fd}/${part}`, directoryFlags)
    } finally {
      await above.close()
    }
    place = join(place, part)
    directories.push(toParent(place, await handle.stat()))
  }
  return { handle, directories }
}

/**
 * Opens the way to a path. Its parents may be links, as /var/run is; what is judged and used is what they lead to, and on
 * Linux it is held open: a directory that is swapped for a link afterwards is not gone into.
 *
 * @throws the system's error: `ENOENT`, `EACCES`, or `ELOOP`/`ENOTDIR` when a part was replaced meanwhile.
 */
export const openParents = async (path: string): Promise<OpenedParents> => {
  const absolute = resolve(path)
  const { directories, real } = await followParents(absolute)
  if (process.platform !== 'linux') return { directories, place: join(real, basename(absolute)), close: async () => {} }
  const opened = await openDirectory(real)
  // What is open counts: it may not be what was there when the links were followed.
  const all = new Map([...directories, ...opened.directories].map((one) => [one.path, one]))
  return {
    directories: [...all.values()],
    place: `/proc/self/fd/${opened.handle.fd}/${basename(absolute)}`,
    close: () => opened.handle.close(),
  }
}
