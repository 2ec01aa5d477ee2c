import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NootropicError, type Random } from '@nootropic/core'
import { ensurePrivateDirectory, openPrivateFile, syncDirectory } from '@nootropic/core/storage'
import { asideOf, copyingPrefix, endRemoval, type VaultPlaces } from './remains.ts'
import { createFile } from './seal-model.ts'
import { asSealedError, contentName, indexName, labelOf, sealName, undefinedIfCorrupt } from './sealed-layout.ts'
import { readSeal, readSealedModel, type SealedModel, verifySealedModel } from './sealed-model.ts'
import { withVaultLock } from './vault-lock.ts'
import { isThere, replaceByWorkDirectory, withWorkDirectory } from './work-directory.ts'

const pieceBytes = 1024 * 1024

// Read and written, not copied by the system: a copy that shares blocks or a name with its original is damaged with it.
const copyFile = async (from: string, to: string): Promise<void> => {
  const source = await openPrivateFile(from).catch((error: unknown) => {
    throw asSealedError(from, error)
  })
  try {
    await createFile(to, async (file) => {
      const buffer = Buffer.allocUnsafeSlow(pieceBytes)
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, pieceBytes).catch((error: unknown) => {
          throw asSealedError(from, error)
        })
        if (bytesRead === 0) return
        await writeFile(file, buffer.subarray(0, bytesRead))
      }
    })
  } finally {
    await source.close()
  }
}

/** Makes the directory of a vault's backups durably, or verifies that it is private. */
const ensureRoot = async (root: string): Promise<void> => {
  const isNew = !(await isThere(root))
  await ensurePrivateDirectory(root)
  if (!isNew) return
  await syncDirectory(dirname(root))
  await syncDirectory(dirname(dirname(root)))
}

const verifyReplaceable = async (
  place: string,
  { ref, keyId }: SealedModel,
  keys: VaultPlaces['keys'],
): Promise<void> => {
  // A key seals one model once: what has the same key is the same. What only does not open now may be worth more.
  if ((await readSeal(place).catch(undefinedIfCorrupt))?.keyId === keyId) return
  const found = await readSealedModel(place, ref, keys).catch(undefinedIfCorrupt)
  if (found === undefined || found.ref.digest === ref.digest) return
  const message = `expected no other bytes of ${labelOf(ref)} at ${place}, found ${found.ref.digest}`
  throw new NootropicError('MODEL_EXISTS', `${message}; move them away first if ${ref.digest} is to replace them`)
}

/**
 * Copies a sealed version to its place in `root`, as it is and without its key: every byte of the copy is opened and
 * verified before it takes the place of what is there, which is kept until then.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT`, `MODEL_EXISTS` when what is there opens and is another model,
 *   `FILE_UNREADABLE`, `KEY_UNAVAILABLE`; what the system says of a full disk comes as it is
 */
export const copySealedModel = async (
  model: SealedModel,
  root: string,
  places: VaultPlaces & { readonly random: Random },
): Promise<void> => {
  const { directory, keys, random } = places
  const { ref } = model
  const work = join(root, `${copyingPrefix}${random.uuid()}`)
  const place = join(root, ref.name, ref.version)
  await ensureRoot(root)
  await verifyReplaceable(place, model, keys)
  await withWorkDirectory(work, { vault: directory }, async () => {
    for (const name of [sealName, indexName, ...model.files.map((_, position) => contentName(position))]) {
      await copyFile(join(model.directory, name), join(work, name))
    }
    await verifySealedModel(await readSealedModel(work, ref, keys))
    await withVaultLock(directory, async () => {
      // Meanwhile the version and its key may have been removed, or other bytes been sealed.
      await readSealedModel(work, ref, keys)
      await verifyReplaceable(place, model, keys)
      await ensurePrivateDirectory(dirname(place))
      await replaceByWorkDirectory(work, place, {
        aside: asideOf(root, ref),
        remove: (aside) => endRemoval(aside, places),
      })
      await syncDirectory(root)
    })
  })
}
