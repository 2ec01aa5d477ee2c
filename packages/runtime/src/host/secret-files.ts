import { closeSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, join, sep } from 'node:path'

/** A file or directory with what of it concerns others. */
export interface FileMode {
  readonly path: string
  /** Where the link leads by which it was found. */
  readonly target?: string
  readonly mode: number
  readonly owner: number
  /** Whether its name or its beginning says that it holds a secret. */
  readonly isSecret: boolean
}

/** What stands below a directory, and what could not be looked at. */
export interface FileModes {
  readonly files: readonly FileMode[]
  readonly unread: readonly string[]
}

// An installation has thousands of files at most; a directory that was named by mistake may have millions (CWE-400).
const maximumFiles = 50_000

const secretName = /^(\.env(\..+)?|credentials(\..+)?|id_(dsa|ecdsa|ed25519|rsa)|.+\.(key|p12|pfx|jks|keystore))$/i
const maybePrivate = /\.(pem|crt|cer)$/i

// A certificate may stand before its key; what is longer is no key file.
const beginningLength = 64 * 1024

const holdsPrivateKey = (path: string): boolean => {
  try {
    const opened = openSync(path, 'r')
    try {
      const beginning = Buffer.alloc(beginningLength)
      const length = readSync(opened, beginning, 0, beginningLength, 0)
      const holds = beginning.subarray(0, length).includes('PRIVATE KEY-----')
      beginning.fill(0)
      return holds
    } finally {
      closeSync(opened)
    }
  } catch {
    // Whoever may not read it cannot tell: then its name counts.
    return true
  }
}

/** Whether a path is a directory's, or below it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`)

/**
 * Looks at directories and all below them. Where a link leads out of them, what is there is looked at as well: it is part of the
 * installation. A directory that is not there has nothing in it.
 *
 * @param directories - without links in their paths
 */
export const readFileModes = (directories: readonly string[]): FileModes => {
  const files: FileMode[] = []
  const unread: string[] = []
  const followed = [...directories]
  const pending = [...directories]
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (files.length >= maximumFiles) {
      unread.push(path)
      break
    }
    try {
      const target = lstatSync(path).isSymbolicLink() ? realpathSync(path) : undefined
      if (target !== undefined) {
        if (followed.some((directory) => isWithin(target, directory))) continue
        if (directories.some((directory) => isWithin(directory, target))) {
          // All of a disk, perhaps: what else is there says nothing of models.
          unread.push(path)
          continue
        }
        followed.push(target)
      }
      const status = statSync(path)
      const names = [path, target ?? path].map((name) => basename(name))
      const isNamed = names.some((name) => secretName.test(name))
      const mayHold = names.some((name) => maybePrivate.test(name))
      const isSecret = status.isFile() && (isNamed || (mayHold && holdsPrivateKey(path)))
      const link = target === undefined ? {} : { target }
      files.push({ path, ...link, mode: status.mode & 0o7777, owner: status.uid, isSecret })
      if (status.isDirectory()) for (const entry of readdirSync(path)) pending.push(join(path, entry))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') unread.push(path)
    }
  }
  return { files, unread }
}
