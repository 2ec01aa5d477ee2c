import type { BigIntStats, Stats } from 'node:fs'
import { lstat, mkdir, readdir, rename, rm, rmdir, truncate, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { syncDirectory, tryLock } from '@nootropic/core/storage'
import { sealName } from './sealed-layout.ts'
import { withVaultLock } from './vault-lock.ts'

// A directory under construction holds a lock of the process that builds it, so that others tell what is left of a dead
// process from the work of a living one. All of this happens under the lock of a vault: a directory is never seen between
// its making and its lock, nor between the removal of its lock and its rename.
const ownerLock = 'owner'
const ownerLockPattern = /^owner\.\d+$/
/** The lock of the process that made a directory: no other ever takes it, so that it has its first name still. */
const ownerLockOf = (path: string): string => join(path, `${ownerLock}.1`)

/** What has this name, be it a link that leads nowhere, or undefined. What cannot be told is an error. */
export const statsAt = async (path: string): Promise<BigIntStats | undefined> => {
  try {
    return await lstat(path, { bigint: true })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

export const isThere = async (path: string): Promise<boolean> => (await statsAt(path)) !== undefined

const createWorkDirectory = async (path: string): Promise<void> => {
  await mkdir(path, { mode: 0o700 })
  try {
    const { release } = await tryLock(path, ownerLock)
    if (release === undefined) throw new NootropicError('INTERNAL', `expected ${path} to be new, found its lock taken`)
  } catch (error) {
    await rmdir(path).catch(() => {}) // what went wrong first is what the caller needs to know
    throw error
  }
}

/**
 * Removes what was not placed. The lock of the vault needs space, so the content goes before it is taken: all but what says
 * whose the directory is and which key goes with it. What cannot be removed is left to whoever opens the vault next.
 */
const abandonWork = async (path: string, vault: string, discard: (path: string) => Promise<void>): Promise<void> => {
  if (!(await isThere(path))) return
  try {
    const content = (await readdir(path)).filter((name) => name !== sealName && !ownerLockPattern.test(name))
    for (const name of content) await rm(join(path, name), { recursive: true })
    await withVaultLock(vault, () => discard(path))
  } catch {
    await truncate(ownerLockOf(path))
  }
}

/**
 * Makes a private directory that belongs to this process for as long as `work` takes, and removes what is left of it then.
 *
 * @param options.vault the directory whose lock is held while the directory is made and removed.
 * @param options.discard removes it, where more has to go than files.
 */
export const withWorkDirectory = async <Result>(
  path: string,
  options: { vault: string; discard?: (path: string) => Promise<void> },
  work: () => Promise<Result>,
): Promise<Result> => {
  const { vault, discard = (path) => rm(path, { recursive: true }) } = options
  await withVaultLock(vault, () => createWorkDirectory(path))
  try {
    return await work()
  } finally {
    // How the work ended is what the caller needs to know.
    await abandonWork(path, vault, discard).catch(() => {})
  }
}

/** Gives a complete directory its name, durably. The vault's lock is held. */
export const placeWorkDirectory = async (path: string, target: string): Promise<void> => {
  await unlink(ownerLockOf(path))
  await syncDirectory(path)
  await rename(path, target)
  await syncDirectory(dirname(target))
}

/**
 * Gives a complete directory a name that may be taken. What has the name is put aside until the directory stands, and
 * back if that fails. The vault's lock is held.
 *
 * @param options.remove removes what was put aside.
 */
export const replaceByWorkDirectory = async (
  path: string,
  target: string,
  { aside, remove }: { aside: string; remove: (path: string) => Promise<void> },
): Promise<void> => {
  const isTaken = await isThere(target)
  if (isTaken) {
    if (await isThere(aside)) await remove(aside)
    await rename(target, aside)
  }
  try {
    await placeWorkDirectory(path, target)
  } catch (error) {
    if (isTaken) await rename(aside, target).catch(() => {}) // what went wrong first is what the caller needs to know
    throw error
  }
  // What cannot be removed now is tried again when the vault is opened next.
  if (isTaken) await remove(aside).catch(() => {})
}

/** Removes a directory unless a living process works on it. The vault's lock is held. */
export const removeDeadWork = async (
  path: string,
  remove: (path: string) => Promise<void> = (path) => rm(path, { recursive: true }),
): Promise<void> => {
  if (!(await lstat(path)).isDirectory()) {
    // Not made here. What a link points to is not ours to lock or remove (CWE-59).
    await unlink(path)
    return
  }
  const { release } = await tryLock(path, ownerLock)
  if (release === undefined) return
  try {
    await remove(path)
  } finally {
    await release().catch(() => {}) // it went with the directory
  }
}

/** Whether something is a directory of this user alone. */
export const isPrivateDirectory = (stats: Stats): boolean => {
  const isOwn = stats.isDirectory() && stats.uid === (process.geteuid?.() ?? stats.uid)
  // Windows has no modes as numbers.
  return isOwn && (process.geteuid === undefined || (stats.mode & 0o077) === 0)
}

/**
 * Whether something in a directory that others use too is a work directory of this user, beyond its name: private, and
 * with a lock in it. What a process left before it had its lock holds no content yet, and stays.
 */
export const isOwnWork = async (path: string): Promise<boolean> =>
  isPrivateDirectory(await lstat(path)) && (await readdir(path)).some((name) => ownerLockPattern.test(name))
