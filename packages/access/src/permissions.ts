import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding, Severity } from '@nootropic/core'
import { type OpenedParents, openParents, type ParentDirectory } from './permissions/parents.ts'
import { userId } from './user-id.ts'

/** An absolute path and the mode of files there: `0o600` on a directory means files 0600 and directories 0700. */
export interface PathPermission {
  readonly path: string
  readonly mode: number
  /** The name of the user who must own it; without it, the user of this process. */
  readonly owner?: string | undefined
}

// A tree beyond these is not a model directory, and walking it would not end (CWE-400).
const maximumEntries = 100_000
const maximumDepth = 64

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

const kinds = {
  missing: { severity: 'high', title: 'A protected path is missing', remedy: 'Create it, or correct the manifest.' },
  link: { severity: 'high', title: 'A link stands where a file is expected', remedy: 'Replace the link by the file.' },
  special: { severity: 'high', title: 'Neither a file nor a directory', remedy: 'Remove it.' },
  names: { severity: 'high', title: 'A file has more than one name', remedy: 'Replace it by a copy.' },
  owner: { severity: 'high', title: 'Another user owns a protected path', remedy: 'Change its owner with chown.' },
  mode: { severity: 'high', title: 'The mode differs from the manifest', remedy: 'Change its mode with chmod.' },
  parent: { severity: 'high', title: 'Others can replace a protected path', remedy: 'Take away their right to write.' },
  unreadable: { severity: 'medium', title: 'A protected path could not be checked', remedy: 'Check it as its owner.' },
  limit: { severity: 'medium', title: 'Not everything was checked', remedy: 'Protect a smaller directory.' },
} as const satisfies Record<string, { severity: Severity; title: string; remedy: string }>

const finding = (kind: keyof typeof kinds, path: string, message: string): Finding => ({
  rule: `permissions/${kind}`,
  severity: kinds[kind].severity,
  title: kinds[kind].title,
  message,
  location: { path },
  remediation: kinds[kind].remedy,
  references: ['https://cwe.mitre.org/data/definitions/732.html'],
  tags: ['CWE-732'],
})

/** What is done with an open file or directory whose kind and owner are right. */
type Visit = (handle: FileHandle, stats: Stats, expected: number) => Promise<void>

interface Walk {
  readonly findings: Finding[]
  readonly owner: number | undefined
  readonly mode: number
  readonly visit: Visit
  entries: number
}

/** A directory's mode for a file's: whoever may read the files may enter. */
const directoryMode = (mode: number): number => mode | ((mode & 0o444) >> 2)

// Node has no openat(2); on Linux the open directory itself is a path, so that nobody can swap it under the walk.
const inside = (handle: FileHandle, path: string): string =>
  process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : path

/** Visits what stands at `place` and below, and reports it as `path`. */
const walk = async (state: Walk, place: string, path: string, depth: number): Promise<void> => {
  const report = (kind: keyof typeof kinds, message: string): void => {
    state.findings.push(finding(kind, path, message))
  }
  state.entries += 1
  if (state.entries > maximumEntries || depth > maximumDepth) {
    if (state.entries <= maximumEntries + 1) {
      report('limit', `expected at most ${maximumEntries} entries and ${maximumDepth} levels`)
    }
    return
  }
  let handle: FileHandle | undefined
  try {
    // Opening a device can act on it, so look first; O_NOFOLLOW and the stat of the open file hold against a swap.
    const before = await lstat(place)
    if (before.isSymbolicLink()) return report('link', 'expected a file or directory, got a symbolic link')
    if (!before.isFile() && !before.isDirectory()) return report('special', 'expected a file or directory')
    handle = await open(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stats = await handle.stat()
    if (stats.ino !== before.ino || stats.dev !== before.dev)
      return report('link', 'it was replaced while it was checked')
    if (state.owner !== undefined && stats.uid !== state.owner) {
      return report('owner', `expected owner ${state.owner}, got ${stats.uid}`)
    }
    if (stats.isFile() && stats.nlink !== 1) return report('names', `expected one name, got ${stats.nlink}`)
    const expected = stats.isDirectory() ? directoryMode(state.mode) : state.mode
    await state.visit(handle, stats, expected)
    const now = (await handle.stat()).mode & 0o7777
    if (now !== expected) report('mode', `expected mode ${octal(expected)}, got ${octal(now)}`)
    if (!stats.isDirectory()) return
    const directory = inside(handle, path)
    for (const name of (await readdir(directory)).sort()) {
      await walk(state, join(directory, name), `${path}/${name}`, depth + 1)
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') report('missing', 'expected it to be there')
    else report('unreadable', `expected to open it, got ${code ?? String(error)}`)
  } finally {
    await handle?.close()
  }
}

/** Who can write to a parent directory can put another file in the place of a protected one. */
const judgeParents = (path: string, directories: readonly ParentDirectory[], owner: number | undefined): Finding[] =>
  directories.flatMap(({ path: parent, mode, user }) => {
    // In a sticky directory such as /tmp only the owner of an entry may replace it.
    const isWritable = (mode & 0o022) !== 0 && (mode & 0o1000) === 0
    const isForeign = owner !== undefined && user !== owner && user !== 0
    if (!isWritable && !isForeign) return []
    return [finding('parent', path, `expected safe parents, got ${parent} with owner ${user} and mode ${octal(mode)}`)]
  })

const visitOne = async (path: string, owner: number | undefined, mode: number, visit: Visit): Promise<Finding[]> => {
  let parents: OpenedParents
  try {
    parents = await openParents(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return [finding('missing', path, 'expected it to be there')]
    if (code === 'ELOOP' || code === 'ENOTDIR') {
      return [finding('parent', path, `expected directories above it that stay the same, got ${code}`)]
    }
    return [finding('unreadable', path, `expected to reach it, got ${code ?? String(error)}`)]
  }
  try {
    const findings = judgeParents(path, parents.directories, owner)
    await walk({ findings, owner, mode, visit, entries: 0 }, parents.place, path, 0)
    return findings
  } finally {
    await parents.close()
  }
}

const visitAll = async (permissions: readonly PathPermission[], visit: Visit): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const { path, mode, owner: name } of permissions) {
    const owner = name === undefined ? process.geteuid?.() : await userId(name)
    if (name !== undefined && owner === undefined) {
      findings.push(finding('owner', path, `expected owner "${name}", got a host that has no such user`))
      continue
    }
    findings.push(...(await visitOne(path, owner, mode, visit)))
  }
  return findings
}

/**
 * What is wrong with the owners and modes of these paths and everything under them. Changes nothing, follows no link.
 * Modes do not show access control lists: where a mode gives the group a right, a list may give the same right to others
 * too (acl(5): the group's bits are the list's mask), and where it gives the group none, no list gives any.
 */
export const checkPermissions = (permissions: readonly PathPermission[]): Promise<Finding[]> =>
  visitAll(permissions, async () => {})

/**
 * Gives these paths and everything under them their modes, and returns what is wrong nevertheless. Follows no link, and
 * leaves alone what another user owns and what has a second name.
 */
export const enforcePermissions = (permissions: readonly PathPermission[]): Promise<Finding[]> =>
  visitAll(permissions, async (handle, stats, expected) => {
    if ((stats.mode & 0o7777) !== expected) await handle.chmod(expected)
  })
