import type { BigIntStats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What can be told of a file without reading it. Times are nanoseconds since 1970. */
export interface FileState {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly device: bigint
  readonly inode: bigint
  readonly size: bigint
  readonly mode: number
  readonly user: number
  readonly group: number
  readonly names: number
  readonly modifiedAt: bigint
  /** Set by the kernel at every change; no program can set it back. */
  readonly changedAt: bigint
  /** Where a link points. */
  readonly target?: string
}

/** The files under some paths at one time. */
export interface Snapshot {
  readonly files: ReadonlyMap<string, FileState>
  /** The directories above the paths: whoever replaces one replaces all below it. */
  readonly parents: ReadonlyMap<string, FileState>
  /** What could not be looked at, and why. */
  readonly unseen: ReadonlyMap<string, string>
}

// A tree beyond these is not a model directory, and walking it would not end (CWE-400).
const maximumEntries = 100_000
const maximumDepth = 64
// What Node puts in the place of bytes that are no text: a name with it leads nowhere.
const undecoded = '\uFFFD'

const kindOf = (stats: BigIntStats): FileState['kind'] => {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : 'other'
}

/** What can be told of what stands at a path. @throws the system's error */
export const stateOf = async (path: string): Promise<FileState> => {
  const stats = await lstat(path, { bigint: true })
  const kind = kindOf(stats)
  return {
    kind,
    device: stats.dev,
    inode: stats.ino,
    size: stats.size,
    mode: Number(stats.mode & 0o7777n),
    user: Number(stats.uid),
    group: Number(stats.gid),
    names: Number(stats.nlink),
    modifiedAt: stats.mtimeNs,
    changedAt: stats.ctimeNs,
    ...(kind === 'link' ? { target: await readlink(path).catch(() => '') } : {}),
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'an error without code'

/** Looks at everything under the paths, which are absolute, without opening a file or following a link. */
export const takeSnapshot = async (paths: readonly string[]): Promise<Snapshot> => {
  const files = new Map<string, FileState>()
  const parents = new Map<string, FileState>()
  const unseen = new Map<string, string>()
  const visit = async (path: string, depth: number): Promise<void> => {
    if (files.has(path)) return
    if (files.size >= maximumEntries || depth > maximumDepth) {
      unseen.set(path, `beyond ${maximumEntries} entries or ${maximumDepth} levels`)
      return
    }
    try {
      const state = await stateOf(path)
      files.set(path, state)
      if (state.kind !== 'directory') return
      for (const name of await readdir(path)) await visit(join(path, name), depth + 1)
    } catch (error) {
      // What is gone is missing from the files; everything else is there and cannot be seen.
      if (path.includes(undecoded)) unseen.set(path, 'its name is not UTF-8')
      else if (codeOf(error) !== 'ENOENT') unseen.set(path, codeOf(error))
    }
  }
  for (const path of paths) {
    await visit(path, 0)
    for (let parent = dirname(path); !parents.has(parent); parent = dirname(parent)) {
      try {
        parents.set(parent, await stateOf(parent))
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') unseen.set(parent, codeOf(error))
        if (parent === dirname(parent)) break
      }
    }
  }
  return { files, parents, unseen }
}
