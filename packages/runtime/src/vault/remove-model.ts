import { lstat, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isNootropicError, type Random } from '@nootropic/core'
import { syncDirectory } from '@nootropic/core/storage'
import type { ModelVersion } from '../model-ref.ts'
import { endRemoval, removedPrefix, type VaultPlaces } from './remains.ts'
import type { DataKeys } from './seal-model.ts'
import { undefinedIfCorrupt } from './sealed-layout.ts'
import { readSeal, readSealedModel } from './sealed-model.ts'
import { isThere } from './work-directory.ts'

type Places = VaultPlaces & { readonly random: Random }

const isDirectory = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )

/** @returns where it is now. */
const takeOut = async (root: string, { name, version }: ModelVersion, random: Random): Promise<string> => {
  const removed = join(root, `${removedPrefix}${random.uuid()}`)
  await rename(join(root, name, version), removed)
  await syncDirectory(join(root, name))
  await syncDirectory(root)
  return removed
}

/** The key that goes with what is in a place. A seal that only cannot be read now would leave its key behind. */
const keyIdAt = async (place: string): Promise<string | undefined> =>
  (await readSeal(place).catch(undefinedIfCorrupt))?.keyId

/** The digest of what is in a place; undefined for what nothing opens again, nor a revoked key. */
const digestAt = async (place: string, model: ModelVersion, keys: DataKeys): Promise<string | undefined> => {
  try {
    return (await readSealedModel(place, model, keys)).ref.digest
  } catch (error) {
    const isRevoked = isNootropicError(error, 'KEY_UNAVAILABLE') && error.details.reason === 'state'
    return isRevoked ? undefined : undefinedIfCorrupt(error)
  }
}

const areOfOtherBytes = async (places: readonly string[], model: ModelVersion, keys: DataKeys): Promise<boolean> => {
  const keyIds = await Promise.all(places.map(keyIdAt))
  if (new Set(keyIds).size < 2 || keyIds.includes(undefined)) return false
  const digests = await Promise.all(places.map((place) => digestAt(place, model, keys)))
  return new Set(digests).size > 1 && !digests.includes(undefined)
}

/**
 * Removes a version, its backup and their keys. The vault's lock is held.
 *
 * @returns whether there was any of it.
 * @throws NootropicError `FILE_UNREADABLE`, `KEY_UNAVAILABLE` or `STORAGE_FAILED` when it cannot be told which key goes, or
 *   whether the backup is of other bytes, and as {@link endRemoval}
 */
export const removeModel = async (model: ModelVersion, places: Places): Promise<boolean> => {
  const { directory, backups, keys, random } = places
  const { name, version } = model
  const roots: string[] = []
  for (const root of [backups, directory]) {
    // What a link points to is not ours to move (CWE-59).
    if (root === undefined || !(await isDirectory(join(root, name)))) continue
    if (await isThere(join(root, name, version))) roots.push(root)
  }
  const found = roots.map((root) => join(root, name, version))
  // Such a backup is of what was lost here before this was sealed: nobody asked to remove that.
  if (await areOfOtherBytes(found, model, keys)) roots.shift()
  const removed: string[] = []
  for (const root of roots) removed.push(await takeOut(root, model, random))
  // Only now: a key stays for as long as a version or a backup has it.
  for (const path of removed) await endRemoval(path, places)
  return removed.length > 0
}
