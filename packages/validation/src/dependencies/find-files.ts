import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { NootropicError } from '@nootropic/core'
import type { DependencyFile } from './dependency.ts'
import { dependencyReaders } from './readers.ts'

const maximumDepth = 8
const maximumFiles = 1000
const maximumFileBytes = 2 ** 26

/** Folders of what is installed or built: their files are other projects' own. */
const passedOver: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.venv',
  'venv',
  '__pycache__',
  'site-packages',
])

const isInside = (root: string, path: string): boolean => {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const toSlashes = (path: string): string => path.split(sep).join(posix.sep)

/** The file at a path inside `root`; nothing for what is no regular file, leaves the root, or is too large. */
const openInside = (root: string, path: string): DependencyFile | undefined => {
  try {
    if (!isInside(root, realpathSync(path)) || !lstatSync(path).isFile()) return undefined
    if (lstatSync(path).size > maximumFileBytes) return undefined
    return {
      path: toSlashes(relative(root, path)),
      text: readFileSync(path, 'utf8'),
      sibling: (name) => openInside(root, resolve(dirname(path), name)),
    }
  } catch {
    return undefined
  }
}

/** What was found below a directory. */
export interface FoundFiles {
  readonly files: readonly DependencyFile[]
  readonly problems: readonly string[]
}

/**
 * Every file below a directory in which a package manager says what it installs; a file's path stands for itself. Links
 * are not followed.
 *
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const findDependencyFiles = (path: string): FoundFiles => {
  const files: DependencyFile[] = []
  const problems: string[] = []
  const take = (root: string, file: string): void => {
    const opened = openInside(root, file)
    if (opened === undefined) problems.push(`${toSlashes(relative(root, file))}: not a file that can be read`)
    else files.push(opened)
  }
  const visit = (root: string, directory: string, depth: number): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (files.length >= maximumFiles) {
        problems.push(`more than ${maximumFiles} files`)
        return
      }
      const inner = join(directory, entry.name)
      if (entry.isDirectory() && !passedOver.has(entry.name)) {
        if (depth < maximumDepth) visit(root, inner, depth + 1)
      } else if (entry.isFile() && dependencyReaders.some((reader) => reader.matches(entry.name))) take(root, inner)
    }
  }
  try {
    const real = realpathSync(path)
    if (lstatSync(real).isDirectory()) visit(real, real, 0)
    else take(dirname(real), join(dirname(real), basename(real)))
  } catch (cause) {
    throw new NootropicError('FILE_UNREADABLE', `expected ${path} to be a file or directory that can be read`, {
      cause,
    })
  }
  return { files, problems }
}
