import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'

/** What control groups need of a file system; a test has its own, since the kernel's are not files. */
export interface CgroupFiles {
  /** @throws Error with the `code` of the system call, as all of these */
  read(path: string): string
  write(path: string, text: string): void
  makeDirectory(path: string): void
  removeDirectory(path: string): void
  names(directory: string): readonly string[]
  link(path: string): string
  /** When it was made, or later: in milliseconds since 1970. */
  madeAt(path: string): number
  isWritable(path: string): boolean
}

/** The kernel's. */
export const cgroupFiles: CgroupFiles = {
  read: (path) => readFileSync(path, 'utf8'),
  write: (path, text) => writeFileSync(path, text),
  makeDirectory: (path) => mkdirSync(path),
  removeDirectory: rmdirSync,
  names: (directory) => readdirSync(directory),
  link: (path) => readlinkSync(path),
  // A control group keeps no time of its own: this is when the kernel began to show it.
  madeAt: (path) => statSync(path).mtimeMs,
  isWritable: (path) => {
    try {
      accessSync(path, constants.W_OK)
      return true
    } catch {
      return false
    }
  },
}

/** What `look` answers; nothing where the kernel refuses. */
export const attempt = <T>(look: () => T): T | undefined => {
  try {
    return look()
  } catch {
    return undefined
  }
}
