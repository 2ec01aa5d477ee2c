import { join } from 'node:path'
import { isNootropicError, type ModelRef, NootropicError, type Random } from '@nootropic/core'
import type { ModelVersion } from '../model-ref.ts'
import { copySealedModel } from './copy-model.ts'
import type { VaultPlaces } from './remains.ts'
import { corrupt, labelOf } from './sealed-layout.ts'
import { openSealedModel, type SealedModel, verifySealedModel } from './sealed-model.ts'
import type { Restored } from './vault-contract.ts'

type Places = VaultPlaces & { readonly random: Random }

/** What is at a place, when every byte of it opens; what is damaged otherwise. */
const readIntact = async (
  place: string,
  model: ModelVersion,
  keys: VaultPlaces['keys'],
): Promise<SealedModel | 'damaged' | 'nothing'> => {
  try {
    const sealed = await openSealedModel(place, model, keys)
    if (sealed === undefined) return 'nothing'
    await verifySealedModel(sealed)
    return sealed
  } catch (error) {
    // Whether a copy may take its place is verified by the copy.
    if (isNootropicError(error)) return 'damaged'
    throw error
  }
}

/**
 * Copies a sealed version among the backups, unless it is there.
 *
 * @throws NootropicError as {@link copySealedModel}
 */
export const backupModel = async (sealed: SealedModel, root: string, places: Places): Promise<void> => {
  const kept = await readIntact(join(root, sealed.ref.name, sealed.ref.version), sealed.ref, places.keys)
  // Of the same bytes under another key it is one too, but would outlive the key that goes when the version is removed.
  if (typeof kept === 'object' && kept.keyId === sealed.keyId) return
  await copySealedModel(sealed, root, places)
}

/**
 * Brings a version back from its backup, unless it is intact.
 *
 * @throws NootropicError as {@link copySealedModel}, and `MODEL_NOT_FOUND` without a backup
 */
export const restoreModel = async (
  model: ModelVersion & { readonly digest?: ModelRef['digest'] },
  root: string,
  places: Places,
): Promise<Restored> => {
  const { directory, keys, placeOf } = places
  const backup = await openSealedModel(join(root, model.name, model.version), model, keys)
  if (backup === undefined) {
    throw new NootropicError('MODEL_NOT_FOUND', `expected a backup of ${labelOf(model)} in ${root}, found nothing`)
  }
  const { digest = backup.ref.digest } = model
  if (digest !== backup.ref.digest) throw corrupt(backup.directory, `${backup.ref.digest} instead of ${digest}`)
  const placed = await readIntact(placeOf(model), model, keys)
  if (typeof placed === 'object' && placed.ref.digest === digest) return { ref: placed.ref, found: 'intact' }
  await copySealedModel(backup, directory, places)
  return { ref: backup.ref, found: placed === 'nothing' ? 'nothing' : 'damaged' }
}
