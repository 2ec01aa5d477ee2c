import { accessSync, constants, existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** What of a machine's files tells about it. Each says `undefined` or `false` of what is not there. */
export interface HostFiles {
  text(path: string): string | undefined
  link(path: string): string | undefined
  names(directory: string): readonly string[]
  exists(path: string): boolean
  /** What is the same for two paths of one file or directory only. */
  identity(path: string): string | undefined
  isKind(path: string, kind: 'block device' | 'socket'): boolean
  /** Whether this process may write there. */
  isWritable(path: string): boolean
  /** Whether any user may, and may pass the directories above. */
  isWritableByAnybody(path: string): boolean
}

const attempt = <T>(look: () => T): T | undefined => {
  try {
    return look()
  } catch {
    return undefined
  }
}

const mayAnybody = (path: string, permission: number): boolean =>
  ((attempt(() => statSync(path).mode) ?? 0) & permission) !== 0

const mayAnybodyPass = (directory: string): boolean =>
  mayAnybody(directory, 0o001) && (directory === '/' || mayAnybodyPass(dirname(directory)))

/** The files of this machine. */
export const hostFiles: HostFiles = {
  text: (path) => attempt(() => readFileSync(path, 'utf8')),
  link: (path) => attempt(() => readlinkSync(path)),
  names: (directory) => attempt(() => readdirSync(directory)) ?? [],
  exists: existsSync,
  identity: (path) =>
    attempt(() => {
      const { dev, ino } = statSync(path, { bigint: true })
      return `${dev}:${ino}`
    }),
  isKind: (path, kind) =>
    attempt(() => (kind === 'socket' ? statSync(path).isSocket() : statSync(path).isBlockDevice())) ?? false,
  isWritable: (path) =>
    attempt(() => {
      accessSync(path, constants.W_OK)
      return true
    }) ?? false,
  isWritableByAnybody: (path) => mayAnybody(path, 0o002) && mayAnybodyPass(dirname(path)),
}
