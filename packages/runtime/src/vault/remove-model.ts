import { lstat, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '@nootropic/core'
import { syncDirectory } from '@nootropic/core/storage'
import type { ModelVersion } from '../model-ref.ts'
import { endRemoval, removedPrefix, type VaultPlaces } from './remains.ts'
import { readSeal } from './sealed-model.ts'
import { isThere } from './work-directory.ts'

type Places = VaultPlaces & { readonly random: Random }

const isDirectory = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )

const removeFrom = async (root: string, { name, version }: ModelVersion, places: Places): Promise<void> => {
  const removed = join(root, `${removedPrefix}${places.random.uuid()}`)
  await rename(join(root, name, version), removed)
  await syncDirectory(join(root, name))
  await syncDirectory(root)
  await endRemoval(removed, places)
}

const keyIdAt = async (place: string): Promise<string | undefined> =>
  (await readSeal(place).catch(() => undefined))?.keyId

/**
 * Removes a version, its backup and their key. The vault's lock is held.
 *
 * @returns whether there was any of it.
 */
export const removeModel = async (model: ModelVersion, places: Places): Promise<boolean> => {
  const { directory, backups } = places
  const { name, version } = model
  // What a link points to is not ours to move (CWE-59).
  const isIn = async (root: string): Promise<boolean> =>
    (await isDirectory(join(root, name))) && (await isThere(join(root, name, version)))
  const isSealed = await isIn(directory)
  const keyId = isSealed ? await keyIdAt(places.placeOf(model)) : undefined
  if (isSealed) await removeFrom(directory, model, places)
  if (backups === undefined || !(await isIn(backups))) return isSealed
  const backupKeyId = await keyIdAt(join(backups, name, version))
  // A backup under another key is of what was lost here, before this was sealed: nobody asked to remove that.
  const isOther = keyId !== undefined && backupKeyId !== undefined && keyId !== backupKeyId
  if (!isOther) await removeFrom(backups, model, places)
  return true
}
