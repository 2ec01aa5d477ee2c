import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs of the host that build a sandbox, by their paths; what is absent is not there. */
export interface HostTools {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  readonly bwrap?: string
  readonly prlimit?: string
  readonly setpriv?: string
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

/** Looks for the programs in `path`, and where they usually are. */
export const findHostTools = (path: string = process.env.PATH ?? ''): HostTools => {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), ...usualFolders]
  const programs = ['bwrap', 'prlimit', 'setpriv'].flatMap((name) => {
    const found = findProgram(name, folders)
    return found === undefined ? [] : [[name, found]]
  })
  return { platform: process.platform, isRoot: process.getuid?.() === 0, ...Object.fromEntries(programs) }
}
