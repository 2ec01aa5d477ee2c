import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isNootropicError, type ModelRef, NootropicError, type Random, systemRandom } from '@nootropic/core'
import { packageLimits } from '@nootropic/core/formats'
import { ensurePrivateDirectory, syncDirectory } from '@nootropic/core/storage'
import { type ModelVersion, parseModelRef, parseModelToSeal, parseModelVersion } from '../model-ref.ts'
import { backupModel, restoreModel } from './backup-model.ts'
import { exportModel } from './export-model.ts'
import { listModels } from './list-models.ts'
import { diskSource, type ModelSource, memorySource } from './model-source.ts'
import { type MemoryLimits, readModel, wipeModel } from './read-model.ts'
import { discardSeal, removeRemains, sealingPrefix, type VaultPlaces } from './remains.ts'
import { removeModel } from './remove-model.ts'
import { type DataKeys, sealModel } from './seal-model.ts'
import { corrupt, labelOf } from './sealed-layout.ts'
import { openSealedModel, type SealedModel, verifySealedModel } from './sealed-model.ts'
import { createModelReader } from './sealed-reader.ts'
import type { Vault } from './vault-contract.ts'
import { withVaultLock } from './vault-lock.ts'
import { isThere, placeWorkDirectory, withWorkDirectory } from './work-directory.ts'

/** Verifies that the backups of a vault are not the vault itself, by whatever path. */
const verifyOther = async (directory: string, backups: string): Promise<void> => {
  const [vault, other] = await Promise.all(
    [directory, backups].map((path) => stat(path, { bigint: true }).catch(() => undefined)), // not there yet
  )
  if (other === undefined || vault?.dev !== other.dev || vault.ino !== other.ino) return
  const message = `expected another directory for the backups of the vault ${directory} than ${backups}, found the vault itself`
  throw new NootropicError('CONFIGURATION_INVALID', `${message}; name another directory, at best on another disk`)
}

/**
 * Opens the vault in a directory of its own (0700), or makes it, and removes what processes that died left in it.
 *
 * @param options.backups where {@link Vault.backup} puts its copies: a directory for this vault alone, at best on another
 *   disk. It is made when it is needed.
 * @param options.limits what {@link Vault.open} holds in memory at most.
 * @throws NootropicError `FILE_UNREADABLE` when others can enter the directory, `CONFIGURATION_INVALID` for backups in the
 *   vault's own directory
 * @example
 * ```ts
 * const vault = await openVault({ directory: '/home/me/.nootropic/models', keys })
 * const ref = await vault.sealFrom('./models/digits', { name: 'digits', version: '1.0.0' })
 * const { files } = await vault.open(ref)
 * ```
 */
export const openVault = async (options: {
  directory: string
  keys: DataKeys
  backups?: string
  random?: Random
  limits?: Partial<MemoryLimits>
}): Promise<Vault> => {
  const { directory, backups, keys, random = systemRandom } = options
  const limits = { ...packageLimits, ...options.limits }
  await ensurePrivateDirectory(directory)
  if (backups !== undefined) await verifyOther(directory, backups)
  // Names become directories: what comes here was parsed.
  const placeOf = ({ name, version }: ModelVersion): string => join(directory, name, version)
  const places: VaultPlaces = { directory, backups, keys, placeOf }
  await removeRemains(places)

  const failed = (error: unknown, what: string): NootropicError => {
    if (isNootropicError(error)) return error
    const found = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    const message = `expected to ${what} in ${directory}, found ${found}; check free space and permissions`
    return new NootropicError('STORAGE_FAILED', message, { cause: error })
  }

  const present = (model: ModelVersion): Promise<SealedModel | undefined> =>
    openSealedModel(placeOf(model), model, keys)

  const require = async (requested: ModelRef): Promise<SealedModel> => {
    const ref = parseModelRef(requested)
    const sealed = await present(ref)
    if (sealed === undefined) {
      throw new NootropicError('MODEL_NOT_FOUND', `expected ${labelOf(ref)} in the vault ${directory}, found nothing`)
    }
    if (sealed.ref.digest !== ref.digest)
      throw corrupt(sealed.directory, `${sealed.ref.digest} instead of ${ref.digest}`)
    return sealed
  }

  /** Sealing the same again finds it whole; other bytes have no place there. */
  const verifySame = async (sealed: SealedModel, { name, version, digest }: ModelRef): Promise<ModelRef> => {
    if (sealed.ref.digest !== digest) {
      const expected = `expected no other bytes sealed as ${labelOf({ name, version })}, found ${sealed.ref.digest}`
      throw new NootropicError('MODEL_EXISTS', `${expected}; seal ${digest} under a higher version`)
    }
    await verifySealedModel(sealed)
    return sealed.ref
  }

  const place = (work: string, ref: ModelRef): Promise<SealedModel | undefined> =>
    withVaultLock(directory, async () => {
      const sealed = await present(ref)
      if (sealed !== undefined) return sealed
      await mkdir(join(directory, ref.name), { recursive: true, mode: 0o700 })
      await placeWorkDirectory(work, placeOf(ref))
      await syncDirectory(directory)
      return undefined
    })

  const seal = async (
    model: ModelVersion & { digest?: ModelRef['digest'] },
    source: ModelSource,
  ): Promise<ModelRef> => {
    const { name, version, digest } = model
    const sealed = await present(model)
    if (sealed !== undefined && digest !== undefined) return verifySame(sealed, { name, version, digest })
    const work = join(directory, `${sealingPrefix}${random.uuid()}`)
    const discard = (path: string) => discardSeal(path, places)
    return withWorkDirectory(work, { vault: directory, discard }, async () => {
      const ref = await sealModel(work, model, source, { keys, random })
      if (digest !== undefined && ref.digest !== digest) {
        throw new NootropicError('MODEL_MALFORMED', `expected a model of digest ${digest}, found ${ref.digest}`)
      }
      const first = await place(work, ref)
      return first === undefined ? ref : verifySame(first, ref)
    }).catch((error: unknown) => {
      throw failed(error, `seal ${labelOf(model)}`)
    })
  }

  const find = async (model: ModelVersion): Promise<ModelRef | undefined> => (await present(model))?.ref

  /** The directory of the backups, if it is there: behind a link nothing is read, and nothing removed (CWE-59). */
  const verifyBackups = async (): Promise<string | undefined> => {
    if (backups !== undefined && (await isThere(backups))) await ensurePrivateDirectory(backups)
    return backups
  }

  const requireBackups = async (): Promise<string> => {
    const root = await verifyBackups()
    if (root !== undefined) return root
    const message = `expected a directory for the backups of the vault ${directory}, got none`
    throw new NootropicError('CONFIGURATION_INVALID', `${message}; name one to openVault (backups)`)
  }

  return {
    async seal(ref, model) {
      await seal(parseModelRef(ref), memorySource(model))
    },
    async sealFrom(path, model, options) {
      const wanted = parseModelToSeal(model)
      return seal(wanted, await diskSource(path, options))
    },
    open: async (ref) => readModel(await require(ref), limits),
    async lend(ref, use) {
      const model = await readModel(await require(ref), limits)
      try {
        return await use(model)
      } finally {
        wipeModel(model)
      }
    },
    openReader: async (ref) => createModelReader(await require(ref)),
    export: async (ref, target) => exportModel(await require(ref), target, { vault: directory, random }),
    find: async (model) => find(parseModelVersion(model)),
    list: () =>
      listModels(directory, find).catch((error: unknown) => {
        throw failed(error, 'list the models')
      }),
    async backup(ref) {
      const root = await requireBackups()
      const sealed = await require(ref)
      await backupModel(sealed, root, { ...places, random }).catch((error: unknown) => {
        throw failed(error, `back up ${labelOf(ref)} to ${root}`)
      })
    },
    async restore(requested) {
      const root = await requireBackups()
      const model = parseModelToSeal(requested)
      return restoreModel(model, root, { ...places, random }).catch((error: unknown) => {
        throw failed(error, `restore ${labelOf(model)}`)
      })
    },
    async remove(requested) {
      const model = parseModelVersion(requested)
      try {
        await verifyBackups()
        const isFound = await withVaultLock(directory, () => removeModel(model, { ...places, random }))
        if (isFound) return
      } catch (error) {
        throw failed(error, `remove ${labelOf(model)}`)
      }
      const message = `expected ${labelOf(model)} in the vault ${directory}, found nothing`
      throw new NootropicError('MODEL_NOT_FOUND', message)
    },
  }
}
