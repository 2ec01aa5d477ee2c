import { closeSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A file or directory with what of it concerns others. */
export interface FileMode {
  readonly path: string
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

/** Looks at a directory and all below it, without following links. A directory that is not there has nothing in it. */
export const readFileModes = (directory: string): FileModes => {
  const files: FileMode[] = []
  const unread: string[] = []
  const pending = [directory]
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (files.length >= maximumFiles) {
      unread.push(path)
      break
    }
    try {
      const status = lstatSync(path)
      if (status.isSymbolicLink()) continue
      const name = basename(path)
      const isSecret = status.isFile() && (secretName.test(name) || (maybePrivate.test(name) && holdsPrivateKey(path)))
      files.push({ path, mode: status.mode & 0o7777, owner: status.uid, isSecret })
      if (status.isDirectory()) for (const entry of readdirSync(path)) pending.push(join(path, entry))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') unread.push(path)
    }
  }
  return { files, unread }
}
