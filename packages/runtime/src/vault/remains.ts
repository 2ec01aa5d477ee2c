import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { isNootropicError } from '@nootropic/core'
import type { ModelVersion } from '../model-ref.ts'
import type { DataKeys } from './seal-model.ts'
import { dataKeyName } from './sealed-layout.ts'
import { readSeal } from './sealed-model.ts'
import { withVaultLock } from './vault-lock.ts'
import { sweepWorkDirectories } from './work-directory.ts'

/** Names in a vault of what is not yet sealed, and of what is no longer. None of them is a model's name. */
export const sealingPrefix = '.sealing-'
export const removedPrefix = '.removed-'

/** A vault's directory, its keys, and where in it a version is. */
export interface VaultPlaces {
  readonly directory: string
  readonly keys: DataKeys
  readonly placeOf: (model: ModelVersion) => string
}

const isKeyGone = (error: unknown): boolean =>
  isNootropicError(error, 'KEY_UNAVAILABLE') && /^(unknown|other-name|state)$/.test(String(error.details.reason))

/** Removes the key of what a directory was sealed as: nothing opens it again, nor any copy of it. */
const removeKeyOf = async (path: string, { keys, placeOf }: VaultPlaces): Promise<void> => {
  const seal = await readSeal(path).catch(() => undefined)
  if (seal === undefined) return
  // A seal that was planted here must not take the key of a model that is there, even of one that cannot be read now.
  const place = placeOf(seal)
  const placed = await readSeal(place).catch(() => undefined)
  if (placed === undefined ? existsSync(place) : placed.keyId === seal.keyId) return
  try {
    await keys.dataKey(seal.keyId, dataKeyName(seal))
    await keys.removeKey(seal.keyId)
  } catch (error) {
    if (!isKeyGone(error)) throw error
  }
}

/**
 * Ends a removal: the key first, then the files. A crash in between leaves the seal, and with it what is still to be done.
 *
 * @throws NootropicError `STORAGE_FAILED` or `KEY_UNAVAILABLE` when the key cannot be removed; the files are then still there
 */
export const endRemoval = async (path: string, places: VaultPlaces): Promise<void> => {
  await removeKeyOf(path, places)
  await rm(path, { recursive: true })
}

/** Removes an unfinished seal. Its space matters more than its key, which never sealed anything that is kept. */
export const discardSeal = async (path: string, places: VaultPlaces): Promise<void> => {
  await removeKeyOf(path, places).catch(() => {})
  await rm(path, { recursive: true, force: true })
}

/** Removes what dead processes left; what cannot be removed now is tried again when the vault is opened next. */
export const removeRemains = async (places: VaultPlaces): Promise<void> => {
  const { directory } = places
  const isSealing = (name: string): boolean => name.startsWith(sealingPrefix)
  const isRemoved = (name: string): boolean => name.startsWith(removedPrefix)
  if (!(await readdir(directory)).some((name) => isSealing(name) || isRemoved(name))) return
  await withVaultLock(directory, async () => {
    await sweepWorkDirectories(directory, isSealing, (path) => discardSeal(path, places))
    await sweepWorkDirectories(directory, isRemoved, (path) => endRemoval(path, places))
  }).catch((error: unknown) => {
    // A full disk, or a locked key store, must not keep a vault from being opened.
    if (!isNootropicError(error, 'STORAGE_FAILED') && !isNootropicError(error, 'KEY_UNAVAILABLE')) throw error
  })
}
