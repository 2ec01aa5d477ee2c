import type { BigIntStats } from 'node:fs'
import { lstat, opendir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isNootropicError, NootropicError } from '@nootropic/core'
import { isInsidePath, singleFile } from '@nootropic/core/formats'
import type { ProvenanceLimits } from './limits.ts'

/** A regular file of a model. */
export interface TreeFile {
  /** Inside the model, `/` between parts, exactly as the directory spells it; `.` for a model that is a single file. */
  readonly path: string
  /** Where it lies. */
  readonly location: string
  readonly status: BigIntStats
}

/** Something in a model that is not a regular file with a name that every system reads alike, or cannot be looked into. */
interface Irregular {
  readonly path: string
  readonly found: string
}

/** Where a model lies. No link was followed at its end. */
export interface ModelPlace {
  /** With no link on its way. */
  readonly root: string
  /** Its last name, for people. */
  readonly name: string
  readonly isDirectory: boolean
}

/** A model as it lies on disk. No link was followed. */
export interface ModelTree {
  readonly files: readonly TreeFile[]
  readonly irregular: readonly Irregular[]
  /** Directories that cannot be looked into, and why. */
  readonly unlistable: readonly Irregular[]
  /** What was left out. */
  readonly ignored: readonly string[]
}

const kindOf = (status: BigIntStats): string => {
  if (status.isSymbolicLink()) return 'a symbolic link'
  if (status.isFIFO()) return 'a pipe'
  if (status.isSocket()) return 'a socket'
  return 'a device'
}

const unreadable = (path: string, cause: unknown): NootropicError =>
  new NootropicError(
    'FILE_UNREADABLE',
    `expected the model ${path} to be readable, found ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`,
    { cause },
  )

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The name of an entry, or undefined when its bytes are not UTF-8. */
const nameOf = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const exceeded = (limit: 'entries' | 'depth', maximum: number): NootropicError =>
  new NootropicError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximum} (limit ${limit}) in a model, found more; raise limits.${limit} if you trust it`,
    { details: { limit, maximum } },
  )

const listDirectory = async (
  root: string,
  isIgnored: (path: string) => boolean,
  limits: ProvenanceLimits,
): Promise<ModelTree> => {
  const files: TreeFile[] = []
  const irregular: Irregular[] = []
  const unlistable: Irregular[] = []
  const ignored: string[] = []
  let entries = 0
  const visit = async (parts: readonly string[]): Promise<void> => {
    if (parts.length > limits.depth) throw exceeded('depth', limits.depth)
    // Names as bytes: Node would put U+FFFD for what is not UTF-8, and two names could become one.
    const directory = await opendir(join(root, ...parts), { encoding: 'buffer' as BufferEncoding })
    for await (const entry of directory) {
      entries += 1
      if (entries > limits.entries) throw exceeded('entries', limits.entries)
      const bytes = entry.name as unknown as Buffer
      const name = nameOf(bytes)
      const path = [...parts, name ?? bytes.toString('latin1')].join('/')
      if (name !== undefined && isIgnored(path)) {
        ignored.push(path)
        continue
      }
      if (name === undefined || !isInsidePath(path)) {
        irregular.push({
          path,
          found:
            'a name that not every system reads alike: not valid UTF-8, a drive, a backslash, or dots and spaces only',
        })
        continue
      }
      const location = join(root, ...parts, name)
      const status = await lstat(location, { bigint: true })
      if (status.isDirectory()) await visitInside([...parts, name], path)
      else if (status.isFile()) files.push({ path, location, status })
      else irregular.push({ path, found: kindOf(status) })
    }
  }
  /** A directory that this user may not list leaves the rest to be looked at. */
  const visitInside = async (parts: readonly string[], path: string): Promise<void> => {
    try {
      await visit(parts)
    } catch (error) {
      if (isNootropicError(error)) throw error
      unlistable.push({ path, found: `the error ${(error as NodeJS.ErrnoException).code}` })
    }
  }
  await visit([])
  return { files, irregular, unlistable, ignored }
}

/**
 * Finds a model.
 *
 * @throws NootropicError `FILE_UNREADABLE` when there is nothing, or neither a directory nor a file
 */
export const findModel = async (path: string): Promise<ModelPlace> => {
  try {
    const status = await lstat(path, { bigint: true })
    const isDirectory = status.isDirectory()
    if (!isDirectory && !status.isFile())
      throw new NootropicError(
        'FILE_UNREADABLE',
        `expected the model ${path} to be a directory or a file, found ${kindOf(status)}; name what it points to`,
      )
    const root = await realpath(path)
    return { root, name: basename(root), isDirectory }
  } catch (error) {
    throw isNootropicError(error) ? error : unreadable(path, error)
  }
}

/**
 * Lists a model: a directory with everything below it, or a single file. Links, pipes, sockets and devices are told, never
 * followed or opened.
 *
 * @param isIgnored whether a path inside the model is left out, with everything below it.
 * @throws NootropicError `FILE_UNREADABLE` when a directory cannot be listed; `LIMIT_EXCEEDED`
 */
export const listModel = async (
  { root, isDirectory }: ModelPlace,
  isIgnored: (path: string) => boolean,
  limits: ProvenanceLimits,
): Promise<ModelTree> => {
  try {
    if (isDirectory) return await listDirectory(root, isIgnored, limits)
    const status = await lstat(root, { bigint: true })
    return { files: [{ path: singleFile, location: root, status }], irregular: [], unlistable: [], ignored: [] }
  } catch (error) {
    throw isNootropicError(error) ? error : unreadable(root, error)
  }
}
