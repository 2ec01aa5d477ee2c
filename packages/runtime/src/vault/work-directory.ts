import { lstat, mkdir, readdir, rename, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NootropicError } from '@nootropic/core'
import { syncDirectory, tryLock } from '@nootropic/core/storage'

// A directory under construction holds a lock of the process that builds it, so that others tell what is left of a dead
// process from the work of a living one. All of this happens under the lock of a vault: a directory is never seen between
// its making and its lock, nor between the removal of its lock and its rename.
const ownerLock = 'owner'

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

/** Removes what dead processes left under names that `isWork` knows. The vault's lock is held. */
export const sweepWorkDirectories = async (
  parent: string,
  isWork: (name: string) => boolean,
  remove: (path: string) => Promise<void> = (path) => rm(path, { recursive: true }),
): Promise<void> => {
  for (const name of (await readdir(parent)).filter(isWork)) {
    const path = join(parent, name)
    if (!(await lstat(path)).isDirectory()) {
      // Not made here. What a link points to is not ours to lock or remove (CWE-59).
      await unlink(path)
      continue
    }
    const { release } = await tryLock(path, ownerLock)
    if (release === undefined) continue
    try {
      await remove(path)
    } finally {
      await release().catch(() => {}) // it went with the directory
    }
  }
}
