import { type FileHandle, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NootropicError } from '../errors.ts'
import { quoted } from '../quoted.ts'
import { type ContentHash, createContentHasher } from './content-hash.ts'
import { isInsidePath, singleFile } from './model-path.ts'
import { openRegularFile, orUnreadable, unreadable } from './regular-file.ts'

/** A file of a signed model, or a piece of one, with the digest that was signed. */
export interface SignedContent {
  /** Inside the model, `/` between parts; `.` for a model that is a single file. */
  readonly path: string
  readonly algorithm: ContentHash
  /** Lower-case hexadecimal. */
  readonly digest: string
  /** Where a piece begins and ends, in bytes, the end not included. Without them it is the whole file. */
  readonly start?: number
  readonly end?: number
}

/** The files of a model that was signed: bytes leave it only when they are the signed ones. */
export interface SignedFiles {
  /** What can be read, in the order of UTF-16 code units. */
  readonly paths: readonly string[]
  /**
   * A file whole, hashed as it was read into the memory that is returned: whoever changes the file afterwards, or between
   * a check and this, changes nothing in it.
   *
   * @throws NootropicError `SIGNATURE_INVALID` when the path or the bytes are not signed, `FILE_UNREADABLE` for anything
   * but a regular file in its place, `LIMIT_EXCEEDED` for more than `limits.bytes`
   */
  read(path: string): Promise<Buffer>
  /**
   * A file piece by piece as it was signed, each released when its own digest holds: for files that do not fit in memory.
   * Pieces may come from different moments of a file that is being written, but each of them is signed at its place.
   *
   * @throws NootropicError as `read`; what was released before is signed all the same
   */
  pieces(path: string): AsyncGenerator<Buffer, void>
}

/** What {@link openSignedFiles} holds in memory at most for one read. */
export interface SignedFilesLimits {
  readonly bytes: number
}

/** The limits where the caller names no others: Node 20 holds at most 4 GiB in one buffer (CWE-789). */
export const signedFilesLimits: SignedFilesLimits = { bytes: 2 ** 32 - 1 }

// How much is read and hashed at a time: it is still in the processor's cache when it is hashed.
const chunkBytes = 2 ** 20

const notSigned = (path: string, expected: string, found: string): NootropicError =>
  new NootropicError(
    'SIGNATURE_INVALID',
    `expected ${quoted(path)} ${expected}, found ${found}; nothing of it was released. Get the model again from its source`,
    { details: { path } },
  )

const allocate = (size: number, path: string, limits: SignedFilesLimits): Buffer => {
  if (size > limits.bytes)
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${limits.bytes} bytes (limit bytes) of ${quoted(path)} at a time, found ${size}; have the model signed in shards and read it in pieces`,
    )
  try {
    return Buffer.allocUnsafeSlow(size)
  } catch (cause) {
    const message = `expected memory for the ${size} bytes of ${quoted(path)}, found too little; free memory, or read it in pieces`
    throw new NootropicError('LIMIT_EXCEEDED', message, { cause })
  }
}

const describe = ({ start, end }: SignedContent): string =>
  start === undefined || end === undefined ? 'to be as it was signed' : `to be as it was signed from ${start} to ${end}`

/** Fills `target` from the file and refuses what is not the signed content. */
const readInto = async (
  handle: FileHandle,
  content: SignedContent,
  target: Buffer,
  position: number,
): Promise<void> => {
  const hasher = await createContentHasher(content.algorithm)
  let filled = 0
  while (filled < target.length) {
    const length = Math.min(chunkBytes, target.length - filled)
    const { bytesRead } = await handle.read(target, filled, length, position + filled)
    if (bytesRead === 0) throw notSigned(content.path, describe(content), `its end after ${position + filled} bytes`)
    hasher.update(target.subarray(filled, filled + bytesRead))
    filled += bytesRead
  }
  const digest = hasher.digest()
  if (digest !== content.digest) throw notSigned(content.path, describe(content), `${content.algorithm}:${digest}`)
}

const refuseMore = async (handle: FileHandle, path: string, size: number): Promise<void> => {
  const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size)
  if (bytesRead > 0) throw notSigned(path, `to end after ${size} bytes`, 'more')
}

/** By path; the pieces of a file by their place. */
const groupByPath = (contents: readonly SignedContent[]): ReadonlyMap<string, readonly SignedContent[]> => {
  const groups = new Map<string, SignedContent[]>()
  for (const content of contents) {
    if (content.path !== singleFile && !isInsidePath(content.path))
      throw new NootropicError(
        'SIGNATURE_INVALID',
        `expected names inside the model, found ${quoted(content.path)}; get model and signature again from their source`,
      )
    const group = groups.get(content.path)
    if (group === undefined) groups.set(content.path, [content])
    else group.push(content)
  }
  for (const [path, group] of groups) {
    group.sort((left, right) => (left.start ?? 0) - (right.start ?? 0))
    let expected = 0
    for (const { start, end } of group) {
      const isWhole = start === undefined && end === undefined && group.length === 1
      if (!isWhole && (start !== expected || end === undefined || end <= start))
        throw new NootropicError(
          'SIGNATURE_INVALID',
          `expected the pieces of ${quoted(path)} to cover it once, in order`,
        )
      expected = end ?? expected
    }
  }
  return groups
}

/**
 * Opens a model whose signature was verified, for reading: only files that were signed, only their signed bytes, whatever
 * happens to the directory meanwhile (CWE-367). No link is followed, at the end of a path or on its way (CWE-59).
 *
 * @param path the model: a directory, or the single file.
 * @param contents what was signed, as a verification that passed tells it.
 * @throws NootropicError `FILE_UNREADABLE`; `SIGNATURE_INVALID` for contents that do not fit together
 * @example
 * ```ts
 * const files = await openSignedFiles('./models/digits', verification.resources)
 * const model = await files.read('model.onnx')
 * ```
 */
export const openSignedFiles = async (
  path: string,
  contents: readonly SignedContent[],
  options: { readonly limits?: Partial<SignedFilesLimits> } = {},
): Promise<SignedFiles> => {
  const limits = { ...signedFilesLimits, ...options.limits }
  const groups = groupByPath(contents)
  const root = await orUnreadable(path, () => realpath(path))

  const verifyPlace = async (directory: string): Promise<void> => {
    const found = await orUnreadable(directory, () => realpath(directory))
    if (found !== directory) throw unreadable(directory, 'stand in its model', 'a link on its way')
  }

  const openInside = async (inside: string) => {
    const group = groups.get(inside)
    if (group === undefined) throw notSigned(inside, 'among the signed files', `${groups.size} others`)
    const location = inside === singleFile ? root : join(root, inside)
    // Before: nothing outside is opened. After: the directory was not exchanged for a link in between.
    await verifyPlace(dirname(location))
    const file = await openRegularFile(location)
    try {
      await verifyPlace(dirname(location))
    } catch (error) {
      await file.handle.close()
      throw error
    }
    return { ...file, group }
  }

  return {
    paths: [...groups.keys()].sort(),
    async read(inside) {
      const { handle, size, group } = await openInside(inside)
      try {
        const length = group.at(-1)?.end ?? size
        const bytes = allocate(length, inside, limits)
        for (const content of group) {
          const { start = 0, end = length } = content
          await readInto(handle, content, bytes.subarray(start, end), start)
        }
        await refuseMore(handle, inside, length)
        return bytes
      } finally {
        await handle.close()
      }
    },
    async *pieces(inside) {
      const { handle, size, group } = await openInside(inside)
      try {
        for (const content of group) {
          const { start = 0, end = size } = content
          const bytes = allocate(end - start, inside, limits)
          await readInto(handle, content, bytes, start)
          if (content === group.at(-1)) await refuseMore(handle, inside, end)
          yield bytes
        }
      } finally {
        await handle.close()
      }
    },
  }
}
