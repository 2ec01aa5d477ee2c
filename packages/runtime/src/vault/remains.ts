import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isNootropicError, modelRefSchema } from '@nootropic/core'
import { ensurePrivateDirectory } from '@nootropic/core/storage'
import type { ModelVersion } from '../model-ref.ts'
import type { DataKeys } from './seal-model.ts'
import { dataKeyName } from './sealed-layout.ts'
import { readSeal } from './sealed-model.ts'
import { withVaultLock } from './vault-lock.ts'
import { isThere, removeDeadWork } from './work-directory.ts'

/** Names, in a vault and among its backups, of what is not yet sealed or copied, and of what is no longer. */
export const sealingPrefix = '.sealing-'
export const copyingPrefix = '.copying-'
export const removedPrefix = '.removed-'
const replacedPrefix = '.replaced-'

/** A vault's directory, that of its backups, its keys, and where in the vault a version is. */
export interface VaultPlaces {
  readonly directory: string
  readonly backups: string | undefined
  readonly keys: DataKeys
  readonly placeOf: (model: ModelVersion) => string
}

const hasReason = (error: unknown, reasons: RegExp): boolean =>
  isNootropicError(error, 'KEY_UNAVAILABLE') && reasons.test(String(error.details.reason))

/** Whether what is in a place has this key, or cannot be read now and may have it. */
const mayHaveKey = async (place: string, keyId: string): Promise<boolean> => {
  const seal = await readSeal(place).catch(() => undefined)
  return seal === undefined ? isThere(place) : seal.keyId === keyId
}

/**
 * Removes the key of what a directory was sealed as: nothing opens it again, nor any copy of it. What the version or its
 * backup has stays: it is the same where one replaced the other, and a seal that was planted here must not take it.
 */
const removeKeyOf = async (path: string, { backups, keys, placeOf }: VaultPlaces): Promise<void> => {
  const seal = await readSeal(path).catch(() => undefined)
  if (seal === undefined) return
  if (await mayHaveKey(placeOf(seal), seal.keyId)) return
  if (backups !== undefined && (await mayHaveKey(join(backups, seal.name, seal.version), seal.keyId))) return
  try {
    // A revoked key opens nothing, but is of this name.
    await keys.dataKey(seal.keyId, dataKeyName(seal)).catch((error: unknown) => {
      if (!hasReason(error, /^state$/)) throw error
    })
    await keys.removeKey(seal.keyId)
  } catch (error) {
    if (!hasReason(error, /^(unknown|other-name)$/)) throw error
  }
}

/**
 * Ends a removal or a replacement: the key first, then the files. A crash in between leaves the seal, and with it what is
 * still to be done.
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
  await rm(path, { recursive: true })
}

/** Where a version is kept while another takes its place in `root`. Neither a name nor a version has an @. */
export const asideOf = (root: string, { name, version }: ModelVersion): string =>
  join(root, `${replacedPrefix}${name}@${version}`)

/** Ends a replacement that a crash cut off: what was put aside goes, unless nothing stands in its place. */
const endReplacement = async (root: string, aside: string, places: VaultPlaces): Promise<void> => {
  const [name, version] = aside.slice(replacedPrefix.length).split('@')
  const model = modelRefSchema.omit({ digest: true }).safeParse({ name, version }).data
  if (model === undefined) return // not made here
  const place = join(root, model.name, model.version)
  if (await isThere(place)) await endRemoval(join(root, aside), places)
  else await rename(join(root, aside), place)
}

/** Lets what cannot be removed now be tried again when the vault is opened next. */
const unlessHindered = async (removal: Promise<void>): Promise<void> => {
  try {
    await removal
  } catch (error) {
    // A full or failing disk, or a locked key store, must not keep a vault from being opened.
    const isHindrance = isNootropicError(error)
      ? error.code === 'STORAGE_FAILED' || error.code === 'KEY_UNAVAILABLE'
      : (error as NodeJS.ErrnoException).syscall !== undefined
    if (!isHindrance) throw error
  }
}

const removeRemainsOf = async (root: string, places: VaultPlaces): Promise<void> => {
  const endings: Readonly<Record<string, (path: string, name: string) => Promise<void>>> = {
    [sealingPrefix]: (path) => removeDeadWork(path, () => discardSeal(path, places)),
    [removedPrefix]: (path) => removeDeadWork(path, () => endRemoval(path, places)),
    // A copy shares the key of the version that it is of.
    [copyingPrefix]: (path) => removeDeadWork(path),
    [replacedPrefix]: (_, name) => endReplacement(root, name, places),
  }
  const endingOf = (name: string) => Object.entries(endings).find(([prefix]) => name.startsWith(prefix))?.[1]
  const readRemains = async () => (await readdir(root)).filter((name) => endingOf(name) !== undefined)
  if ((await readRemains()).length === 0) return
  await withVaultLock(places.directory, async () => {
    for (const name of await readRemains())
      await unlessHindered(endingOf(name)?.(join(root, name), name) ?? Promise.resolve())
  })
}

// What is wrong with a directory of backups keeps no model from being served; the next backup says it.
const isUsable = async (backups: string): Promise<boolean> => {
  try {
    if (!(await isThere(backups))) return false
    await ensurePrivateDirectory(backups)
    return true
  } catch {
    return false
  }
}

/** Removes what dead processes left in a vault and among its backups. */
export const removeRemains = async (places: VaultPlaces): Promise<void> => {
  const { directory, backups } = places
  await unlessHindered(removeRemainsOf(directory, places))
  if (backups !== undefined && (await isUsable(backups))) await unlessHindered(removeRemainsOf(backups, places))
}
