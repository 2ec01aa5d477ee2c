import { lstat, opendir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NootropicError } from '../errors.ts'
import { printable } from '../quoted.ts'
import { createIgnore, defaultIgnoredPaths } from './ignored-paths.ts'
import { isInsidePath } from './model-path.ts'
import { openRegularFile, orUnreadable, type RegularFile, unreadable } from './regular-file.ts'

/** What is accepted at most of a model on disk. */
export interface PackageLimits {
  /** Files and directories. */
  readonly entries: number
  readonly fileBytes: number
  readonly totalBytes: number
  /** Directories inside one another. */
  readonly depth: number
}

/** The limits for a model that is held in memory. */
export const packageLimits: PackageLimits = {
  // The largest published models are split into some hundred files (CWE-770).
  entries: 2048,
  // Node 20 holds at most 4 GiB in one buffer (CWE-789).
  fileBytes: 2 ** 32 - 1,
  // The whole package is held in memory (CWE-770).
  totalBytes: 2 ** 33,
  // Model directories have two or three levels; each costs a directory handle (CWE-674).
  depth: 16,
}

/** The limits for a model that is read in pieces: a sparse file that states exabytes must end somewhere (CWE-770). */
export const streamedLimits: PackageLimits = { ...packageLimits, fileBytes: 2 ** 43, totalBytes: 2 ** 43 }

/**
 * The files of a model on disk, by path, `/` between parts, in the order of UTF-16 code units. None was read yet, and what
 * is no part of the model ({@link defaultIgnoredPaths}) is not among them.
 */
export interface ModelFiles {
  readonly paths: readonly string[]
  /** The file that a runtime loads: the only one, or of a directory `model.onnx` or the one `.onnx` file at its top. */
  readonly main: string | undefined
  /**
   * Opens one file after the other, and closes each when `use` is done with it. What was used counts only when this
   * resolves: links on the way and names outside the model can be found afterwards.
   *
   * @throws NootropicError `FILE_UNREADABLE` (a link, a pipe, hard-linked from outside), `LIMIT_EXCEEDED`, and what `use` throws
   */
  visit(use: (path: string, file: RegularFile) => Promise<void>): Promise<void>
}

const exceeded = (limit: keyof PackageLimits, maximum: number, path: string): NootropicError =>
  new NootropicError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximum} (limit ${limit}) in a model package, found more at ${printable(path)}; raise limits.${limit} if you trust it`,
    { details: { limit, maximum, path } },
  )

const isIgnored = createIgnore(defaultIgnoredPaths)

/** The paths of all files in a directory. Anything but files and directories is refused. */
const listFiles = async (root: string, limits: PackageLimits): Promise<string[]> => {
  const files: string[] = []
  let entries = 0
  const visit = async (inside: readonly string[]): Promise<void> => {
    const directory = join(root, ...inside)
    if (inside.length >= limits.depth) throw exceeded('depth', limits.depth, directory)
    for await (const entry of await opendir(directory)) {
      entries += 1
      const path = join(directory, entry.name)
      if (entries > limits.entries) throw exceeded('entries', limits.entries, path)
      const name = [...inside, entry.name].join('/')
      if (isIgnored(name)) continue
      if (!isInsidePath(name)) throw unreadable(path, 'have a name that every system reads alike', 'another; rename it')
      if (entry.isDirectory()) await visit([...inside, entry.name])
      else if (entry.isFile()) files.push(name)
      else
        throw unreadable(path, 'be a file or a directory', entry.isSymbolicLink() ? 'a symbolic link' : 'another kind')
    }
  }
  await visit([])
  return files.sort()
}

/** Opens files one after the other, within the limits; how many names of each that has several were seen. */
const visitEach = async (
  paths: readonly string[],
  locate: (path: string) => string,
  limits: PackageLimits,
  use: (path: string, file: RegularFile) => Promise<void>,
) => {
  const links = new Map<string, { path: string; links: number; seen: number }>()
  let total = 0
  for (const path of paths) {
    const location = locate(path)
    const opened = await openRegularFile(location)
    try {
      total += opened.size
      if (opened.size > limits.fileBytes) throw exceeded('fileBytes', limits.fileBytes, location)
      if (total > limits.totalBytes) throw exceeded('totalBytes', limits.totalBytes, location)
      const seen = links.get(opened.identity)?.seen ?? 0
      links.set(opened.identity, { path: location, links: opened.links, seen: seen + 1 })
      await use(path, opened)
    } finally {
      await opened.handle.close()
    }
  }
  return [...links.values()]
}

/** What may be the main file of a directory. */
export const mainCandidates = (paths: readonly string[]): string[] =>
  paths.filter((path) => path.endsWith('.onnx') && !path.includes('/'))

/** The main file of a directory, unless there is none or several could be it. */
export const mainOf = (paths: readonly string[]): string | undefined => {
  const models = mainCandidates(paths)
  return models.find((path) => path === 'model.onnx') ?? (models.length === 1 ? models[0] : undefined)
}

const openDirectory = async (path: string, limits: PackageLimits): Promise<ModelFiles> => {
  const root = await realpath(path)
  const paths = await listFiles(root, limits)
  return {
    paths,
    main: mainOf(paths),
    async visit(use) {
      const links = await visitEach(paths, (inside) => join(root, inside), limits, use)
      for (const inside of paths) {
        const location = join(root, inside)
        // A directory that became a link after it was listed would have led outside (CWE-367).
        const found = await orUnreadable(location, () => realpath(location))
        if (found !== location) throw unreadable(location, 'stand in its package', 'a link on its way')
      }
      // A second name outside the package lets somebody else change the file, or the package show somebody else's (CWE-62).
      const shared = links.find((file) => file.seen < file.links)
      if (shared !== undefined)
        throw unreadable(
          shared.path,
          'have no name outside its package',
          'a hard link; copy the package to a directory of its own',
        )
    },
  }
}

/**
 * Finds the files of a model on disk: one file, or all in a directory that belong to it. No link is followed, nothing outside
 * is opened.
 *
 * @throws NootropicError `FILE_UNREADABLE`, `LIMIT_EXCEEDED`
 */
export const openModelFiles = async (path: string, limits: PackageLimits): Promise<ModelFiles> => {
  const isDirectory = (await orUnreadable(path, () => lstat(path))).isDirectory()
  if (isDirectory) return orUnreadable(path, () => openDirectory(path, limits))
  const main = basename(path)
  return { paths: [main], main, visit: async (use) => void (await visitEach([main], () => path, limits, use)) }
}
