import { createHash } from 'node:crypto'
import { type Digest, type FileDigest, modelDigest } from '../digest.ts'
import { NootropicError } from '../errors.ts'
import { printable, quoted } from '../quoted.ts'
import { mainCandidates, mainOf, openModelFiles, type PackageLimits, packageLimits } from './model-files.ts'
import { orUnreadable, type RegularFile, unreadable } from './regular-file.ts'

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

// How much is read and hashed at a time.
const chunkBytes = 2 ** 20

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
const readHashed = (path: string, { handle, size }: RegularFile): Promise<Omit<PackageFile, 'path'>> =>
  orUnreadable(path, async () => {
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
  })

// The names come with the model: a message shows no more of them.
const maximumNames = 5

const describePaths = (paths: readonly string[]): string => {
  const names = paths.slice(0, maximumNames).map(printable)
  if (paths.length > names.length) names.push(`${paths.length - names.length} more`)
  return names.join(', ') || 'none'
}

/**
 * Puts files that were read together into a package.
 *
 * @param main the file that a runtime loads: of a directory `model.onnx` or the one `.onnx` file at its top.
 * @throws NootropicError `USAGE` (no main file, or several), `MODEL_MALFORMED` (an empty main file)
 */
export const createModelPackage = (
  path: string,
  files: readonly PackageFile[],
  main = mainOf(files.map((file) => file.path)),
): ModelPackage => {
  if (main === undefined) {
    const candidates = describePaths(mainCandidates(files.map((file) => file.path)))
    const expected = `expected ${path} to hold model.onnx or one .onnx file`
    throw new NootropicError('USAGE', `${expected}, found ${candidates}; name the file`)
  }
  if (files.some((file) => file.path === main && file.bytes.length === 0))
    throw new NootropicError(
      'MODEL_MALFORMED',
      `expected an ONNX model in ${printable(main)} of ${path}, found an empty file`,
    )
  return { path, digest: modelDigest(files), main, files }
}

/**
 * Reads a model from disk, every byte hashed as it is read: one file, or a directory in which `model.onnx` or the one
 * `.onnx` file is the main file and everything else belongs to it, but for its signature and the repository that it lies in
 * ({@link defaultIgnoredPaths}): the digest is the one that signing whole files with SHA-256 finds. No link is followed,
 * nothing outside is read.
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
  const { main, visit } = await openModelFiles(path, { ...packageLimits, ...options.limits })
  const files: PackageFile[] = []
  await visit(async (inside, file) => {
    files.push({ path: inside, ...(await readHashed(inside, file)) })
  })
  return createModelPackage(path, files, main)
}
