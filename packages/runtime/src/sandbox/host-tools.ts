import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { landlockVersion } from './landlock/restrict.ts'
import { type Kernel, openKernel } from './native/kernel.ts'
import { type Architecture, architectures } from './seccomp/system-calls.ts'

/** What of the host builds a sandbox: programs, by their paths, and the kernel's own means; what is absent is not there. */
export interface HostTools {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** Filters of system calls are written for these only. */
  readonly architecture?: Architecture
  readonly bwrap?: string
  readonly prlimit?: string
  readonly setpriv?: string
  /** gVisor's program, which is used where it is asked for by name only. */
  readonly runsc?: string
  /** The built program of this package that gives up rights and becomes a worker; it needs koffi. */
  readonly launcher?: string
  /** Which version of Landlock's interface the kernel has. Only koffi can ask. */
  readonly landlock?: number
}

// Looked at after PATH: services often run with a short one.
const usualFolders = ['/usr/local/bin', '/usr/bin', '/bin']

const findProgram = (name: string, folders: readonly string[]): string | undefined =>
  folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** What `look` finds, or nothing. */
const attempt = <T>(look: () => T): T | undefined => {
  try {
    return look()
  } catch {
    return undefined
  }
}

const findLauncher = (): string => createRequire(import.meta.url).resolve('@nootropic/runtime/launcher')

const present = <T extends object>(tools: { [K in keyof T]: T[K] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(tools).filter(([, tool]) => tool !== undefined)) as Partial<T>

/** Looks for programs in `path`, and where they usually are, and asks the kernel. */
export const findHostTools = (path: string = process.env.PATH ?? ''): HostTools => {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...usualFolders]
  const kernel: Kernel | undefined = attempt(openKernel)
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    ...present({
      architecture: architectures.find((known) => known === process.arch),
      bwrap: findProgram('bwrap', folders),
      prlimit: findProgram('prlimit', folders),
      setpriv: findProgram('setpriv', folders),
      runsc: findProgram('runsc', folders),
      launcher: kernel && attempt(findLauncher),
      landlock: kernel && attempt(() => landlockVersion(kernel)),
    }),
  }
}
