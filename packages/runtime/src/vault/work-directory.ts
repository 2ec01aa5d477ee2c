import { lstat, mkdir, readdir, rename, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { syncDirectory, tryLock } from '@nootropic/core/storage'

// A directory under construction holds a lock of the process that builds it, so that others tell what is left of a dead
// process from the work of a living one. All of this happens under the lock of a vault: a directory is never seen between
// its making and its lock, nor between the removal of its lock and its rename.
const ownerLock = 'owner'
const ownerLockPattern = /^owner\.\d+$/

/** Whether anything has this name, be it a link that leads nowhere. What cannot be told is an error. */
export const isThere = async (path: string): Promise<boolean> => {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** Makes a private directory that belongs to this process until it is placed. The vault's lock is held. */
export const createWorkDirectory = async (path: string): Promise<void> => {
  await mkdir(path, { mode: 0o700 })
  const { release } = await tryLock(path, ownerLock)
  if (release === undefined) throw new NootropicError('INTERNAL', `expected ${path} to be new, found its lock taken`)
}

/** Gives a complete directory its name, durably. The vault's lock is held. */
export const placeWorkDirectory = async (path: string, target: string): Promise<void> => {
  // No other process ever takes this lock, so that it has its first name still.
  await unlink(join(path, `${ownerLock}.1`))
  await syncDirectory(path)
  await rename(path, target)
  await syncDirectory(dirname(target))
}

/**
 * Gives a complete directory a name that may be taken. What has the name is put aside until the directory stands, and
 * back if that fails. The vault's lock is held.
 */
export const replaceByWorkDirectory = async (path: string, target: string, aside: string): Promise<void> => {
  const isTaken = await isThere(target)
  if (isTaken) {
    await rm(aside, { recursive: true, force: true })
    await rename(target, aside)
  }
  try {
    await placeWorkDirectory(path, target)
  } catch (error) {
    if (isTaken) await rename(aside, target).catch(() => {}) // what went wrong first is what the caller needs to know
    throw error
  }
  // What cannot be removed now is tried again when the vault is opened next.
  await rm(aside, { recursive: true, force: true }).catch(() => {})
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

/**
 * Whether something in a directory that others use too is a work directory of this user, beyond its name: private, and
 * with a lock in it. What a process left before it had its lock holds no content yet, and stays.
 */
export const isOwnWork = async (path: string): Promise<boolean> => {
  const stats = await lstat(path)
  const isOwn = stats.isDirectory() && stats.uid === (process.geteuid?.() ?? stats.uid)
  // Windows has no modes as numbers.
  const isPrivate = process.geteuid === undefined || (stats.mode & 0o077) === 0
  return isOwn && isPrivate && (await readdir(path)).some((name) => ownerLockPattern.test(name))
}
