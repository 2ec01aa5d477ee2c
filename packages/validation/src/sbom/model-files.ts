import { type Digest, type FileDigest, isNootropicError, NootropicError, sha256 } from '@nootropic/core'
import {
  createIgnore,
  defaultIgnoredPaths,
  openRegularFile,
  parseIgnoredPaths,
  singleFile,
} from '@nootropic/core/formats'
import { hashFiles } from '../provenance/hash-files.ts'
import { provenanceLimits } from '../provenance/limits.ts'
import { findModel, listModel } from '../provenance/model-tree.ts'
import { byCodePoint } from '../provenance/names.ts'
import { printable } from '../scan/rule.ts'
import type { BomLimits } from './limits.ts'

/** A file of a model, its digest taken of its bytes. */
export interface HashedFile extends FileDigest {
  readonly size: number
  /** Where it lies. */
  readonly location: string
}

/** A model's files by path in the order of their code points. */
export interface ModelFiles {
  /** With no link on its way. */
  readonly root: string
  /** Its last name, for people. */
  readonly name: string
  readonly isDirectory: boolean
  readonly files: readonly HashedFile[]
  /** Paths that are there and are no part of the model. */
  readonly ignored: readonly string[]
}

const unreadable = (path: string, expected: string, found: string, cause?: unknown): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${printable(path)} to ${expected}, found ${found}`, { cause })

/**
 * Hashes every file of a model, a directory or one file, as model signing takes it: without `.git` and its like, and
 * without its signature.
 *
 * @param ignore paths inside the directory that are no part of the model either.
 * @throws NootropicError `FILE_UNREADABLE`, `LIMIT_EXCEEDED` or `USAGE`
 */
export const readModelFiles = async (
  path: string,
  ignore: readonly string[],
  limits: BomLimits,
): Promise<ModelFiles> => {
  const place = await findModel(path)
  const isIgnored = createIgnore([...defaultIgnoredPaths, ...parseIgnoredPaths(ignore)])
  const tree = await listModel(place, isIgnored, { ...provenanceLimits, ...limits })
  const [irregular] = tree.irregular
  if (irregular !== undefined) {
    throw unreadable(
      irregular.path,
      'be a file or a directory',
      `${irregular.found}; put a copy of the file in its place`,
    )
  }
  const [unlistable] = tree.unlistable
  if (unlistable !== undefined) {
    const found = `${unlistable.found}; mend its permissions, or leave it out by name`
    throw unreadable(unlistable.path, 'be a directory that can be listed', found)
  }
  if (tree.files.length === 0) throw unreadable(path, 'hold the files of a model', 'none')
  const tasks = tree.files
    .toSorted((left, right) => byCodePoint(left.path, right.path))
    .map((file) => ({ file, start: 0, end: Number(file.status.size) }))
  const outcomes = await hashFiles(tasks, { algorithm: 'sha256' })
  const files = tasks.map((task): HashedFile => {
    const outcome = outcomes.get(task) ?? { unreadable: 'nothing' }
    const inside = task.file.path === singleFile ? place.name : task.file.path
    if ('unreadable' in outcome) throw unreadable(inside, 'be hashed', outcome.unreadable)
    return { path: inside, size: task.end, location: task.file.location, digest: `sha256:${outcome.digest}` }
  })
  return { ...place, files, ignored: tree.ignored.toSorted(byCodePoint) }
}

/**
 * The text of a small file that was hashed.
 *
 * @throws NootropicError `FILE_UNREADABLE` when its bytes are others by now.
 */
export const readModelText = async (location: string, digest: Digest): Promise<string> => {
  try {
    const { handle } = await openRegularFile(location)
    const bytes = await handle.readFile().finally(() => handle.close())
    if (sha256(bytes) === digest) return bytes.toString('utf8')
    throw unreadable(location, 'stay as it is while it is read', 'a change')
  } catch (error) {
    if (isNootropicError(error)) throw error
    throw unreadable(location, 'be readable', (error as NodeJS.ErrnoException).code ?? String(error), error)
  }
}
