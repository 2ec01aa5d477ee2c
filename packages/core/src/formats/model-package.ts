import { createHash } from 'node:crypto'
import { lstat, opendir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Digest, type FileDigest, modelDigest } from '../digest.ts'
import { NootropicError } from '../errors.ts'
import { printable, quoted } from '../quoted.ts'
import { openRegularFile, orUnreadable, type RegularFile, unreadable } from './regular-file.ts'

/** A file of a package, with its bytes as they were hashed. */
export interface PackageFile extends FileDigest {
  readonly bytes: Uint8Array
}

/** A model as it lies on disk, read whole: one file, or a directory. */
export interface ModelPackage {
  /** As the caller named it. */
  readonly path: string
  /** The digest of the model: the root over all files. */
  readonly digest: Digest
  /** The path, inside the package, of the file that a runtime loads. */
  readonly main: string
  /** By path, in the order of UTF-16 code units. */
  readonly files: readonly PackageFile[]
}

/**
 * The file of a package that a runtime loads.
 *
 * @throws NootropicError `USAGE` for a package that was put together by hand and lacks it.
 */
export const mainFile = ({ path, main, files }: ModelPackage): PackageFile => {
  const file = files.find((candidate) => candidate.path === main)
  if (file === undefined)
    throw new NootropicError('USAGE', `expected ${quoted(main)} among the files of ${quoted(path)}`)
  return file
}

/** What {@link readModelPackage} accepts at most. */
export interface PackageLimits {
  /** Files and directories. */
  readonly entries: number
  readonly fileBytes: number
  readonly totalBytes: number
  /** Directories inside one another. */
  readonly depth: number
}

/** The limits where the caller names no others. */
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

// How much is read and hashed at a time.
const chunkBytes = 2 ** 20

const exceeded = (limit: keyof PackageLimits, maximum: number, path: string): NootropicError =>
  new NootropicError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximum} (limit ${limit}) in a model package, found more at ${printable(path)}; raise limits.${limit} if you trust it`,
    { details: { limit, maximum, path } },
  )

// What the limits allow can still be more than this process may have (CWE-789).
const allocate = (size: number, path: string): Uint8Array => {
  try {
    return new Uint8Array(size)
  } catch (cause) {
    const message = `expected memory for the ${size} bytes of ${printable(path)}, found too little; free memory or lower limits.totalBytes`
    throw new NootropicError('LIMIT_EXCEEDED', message, { cause })
  }
}

/** Reads an open file up to its end and hashes what it reads. */
const readHashed = async (path: string, { handle, size }: RegularFile): Promise<Omit<PackageFile, 'path'>> => {
  const bytes = allocate(size, path)
  const hash = createHash('sha256')
  let filled = 0
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, Math.min(chunkBytes, size - filled), filled)
    if (bytesRead === 0) throw unreadable(path, `keep its ${size} bytes while it is read`, `only ${filled}`)
    hash.update(bytes.subarray(filled, filled + bytesRead))
    filled += bytesRead
  }
  const { bytesRead: beyond } = await handle.read(new Uint8Array(1), 0, 1, size)
  if (beyond > 0) throw unreadable(path, `keep its ${size} bytes while it is read`, 'more')
  return { bytes, digest: `sha256:${hash.digest('hex')}` }
}

/** The paths, `/` between parts, of all files in a directory. Anything but files and directories is refused. */
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
      if (entry.isDirectory()) await visit([...inside, entry.name])
      else if (entry.isFile()) files.push([...inside, entry.name].join('/'))
      else
        throw unreadable(path, 'be a file or a directory', entry.isSymbolicLink() ? 'a symbolic link' : 'another kind')
    }
  }
  await visit([])
  return files.sort()
}

/** Reads files one after the other, within the limits, and counts the names of each that has several. */
const readFiles = async (paths: readonly string[], locate: (path: string) => string, limits: PackageLimits) => {
  const files: PackageFile[] = []
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
      files.push({ path, ...(await readHashed(location, opened)) })
    } finally {
      await opened.handle.close()
    }
  }
  return { files, links: [...links.values()] }
}

const readDirectory = async (path: string, limits: PackageLimits): Promise<PackageFile[]> => {
  const root = await realpath(path)
  const { files, links } = await readFiles(await listFiles(root, limits), (inside) => join(root, inside), limits)
  for (const file of files) {
    const location = join(root, file.path)
    // A directory that became a link after it was listed would have led outside (CWE-367).
    if ((await realpath(location)) !== location) throw unreadable(location, 'stand in its package', 'a link on its way')
  }
  // A second name outside the package lets somebody else change the file, or the package show somebody else's (CWE-62).
  const shared = links.find((file) => file.seen < file.links)
  if (shared !== undefined)
    throw unreadable(
      shared.path,
      'have no name outside its package',
      'a hard link; copy the package to a directory of its own',
    )
  return files
}

// The names come with the model: a message shows no more of them.
const maximumNames = 5

const describeFiles = (files: readonly PackageFile[]): string => {
  const names = files.slice(0, maximumNames).map((file) => printable(file.path))
  if (files.length > names.length) names.push(`${files.length - names.length} more`)
  return names.join(', ') || 'none'
}

/** The file that a runtime loads. */
const mainOf = (path: string, files: readonly PackageFile[]): PackageFile => {
  const models = files.filter((file) => file.path.endsWith('.onnx') && !file.path.includes('/'))
  const main = models.find((file) => file.path === 'model.onnx') ?? models[0]
  if (main === undefined || (models.length > 1 && main.path !== 'model.onnx'))
    throw new NootropicError(
      'USAGE',
      `expected ${path} to hold model.onnx or one .onnx file, found ${describeFiles(models)}; name the file`,
    )
  return main
}

/**
 * Reads a model from disk, every byte hashed as it is read: one file, or a directory in which `model.onnx` or the one
 * `.onnx` file is the main file and everything else belongs to it. No link is followed, nothing outside is read.
 *
 * @throws NootropicError `FILE_UNREADABLE` (missing, a link, a pipe, hard-linked from outside a directory, changed
 * meanwhile), `USAGE` (no main file, or several), `LIMIT_EXCEEDED`, `MODEL_MALFORMED` (an empty main file)
 * @example
 * ```ts
 * const model = await readModelPackage('./models/digits')
 * model.digest // 'sha256:…'
 * ```
 */
export const readModelPackage = async (
  path: string,
  options: { readonly limits?: Partial<PackageLimits> } = {},
): Promise<ModelPackage> => {
  const limits = { ...packageLimits, ...options.limits }
  const isDirectory = (await orUnreadable(path, () => lstat(path))).isDirectory()
  const files = isDirectory
    ? await orUnreadable(path, () => readDirectory(path, limits))
    : (await readFiles([basename(path)], () => path, limits)).files
  const main = isDirectory ? mainOf(path, files) : (files[0] as PackageFile)
  if (main.bytes.length === 0)
    throw new NootropicError(
      'MODEL_MALFORMED',
      `expected an ONNX model in ${printable(main.path)} of ${path}, found an empty file`,
    )
  return { path, digest: modelDigest(files), main: main.path, files }
}
