import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  isNootropicError,
  type ModelRef,
  modelNameSchema,
  modelVersionSchema,
  NootropicError,
  type Random,
  systemRandom,
} from '@nootropic/core'
import { type ModelPackage, type PackageLimits, packageLimits } from '@nootropic/core/formats'
import { ensurePrivateDirectory, syncDirectory } from '@nootropic/core/storage'
import { type ModelVersion, parseModelRef, parseModelToSeal, parseModelVersion } from '../model-ref.ts'
import { exportModel } from './export-model.ts'
import { diskSource, type ModelContent, type ModelSource, memorySource } from './model-source.ts'
import { type MemoryLimits, readModel, wipeModel } from './read-model.ts'
import { discardSeal, endRemoval, removedPrefix, removeRemains, sealingPrefix, type VaultPlaces } from './remains.ts'
import { type DataKeys, sealModel } from './seal-model.ts'
import { corrupt, labelOf } from './sealed-layout.ts'
import { openSealedModel, type SealedModel, verifySealedModel } from './sealed-model.ts'
import { createModelReader, type ModelReader } from './sealed-reader.ts'
import { withVaultLock } from './vault-lock.ts'
import { createWorkDirectory, placeWorkDirectory } from './work-directory.ts'

/** A version that is there and does not open. */
export interface DamagedModel extends ModelVersion {
  readonly problem: NootropicError
}

/** Models at rest: every file encrypted under a key of its model's version, and verified before it leaves. */
export interface Vault {
  /**
   * Seals a model under `ref`, whole or not at all. Sealing the same again changes nothing.
   *
   * @throws NootropicError `MODEL_MALFORMED` when the files are not the ones that `ref.digest` names or a path leaves the
   * model, `MODEL_EXISTS` when other bytes are sealed under this name and version, `STORAGE_FAILED`
   */
  seal(ref: ModelRef, model: ModelContent): Promise<void>
  /**
   * As {@link Vault.seal} from disk, without ever holding a file whole: one read hashes and seals. With a digest, only a
   * model of this digest is sealed.
   *
   * @param path a directory, or a single file. It stays as it is.
   * @param options.main the file that a runtime loads, where it is not the only one, `model.onnx` or the one `.onnx` file.
   * @returns what was sealed, with its digest.
   * @throws NootropicError as {@link Vault.seal}; `FILE_UNREADABLE` for a link, a pipe, or a file that changes its size
   * meanwhile; `LIMIT_EXCEEDED`
   */
  sealFrom(
    path: string,
    model: ModelVersion & { readonly digest?: ModelRef['digest'] },
    options?: { readonly main?: string; readonly limits?: Partial<PackageLimits> },
  ): Promise<ModelRef>
  /**
   * The model, in memory only, after every byte was verified against `ref.digest`. The bytes belong to the caller.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, `SEALED_FILE_CORRUPT` for any change, `LIMIT_EXCEEDED` for a model that is
   * too large for memory, `KEY_UNAVAILABLE` for a revoked key
   */
  open(ref: ModelRef): Promise<ModelPackage>
  /**
   * As {@link Vault.open} for as long as `use` takes: then the bytes are overwritten, also when it fails. What `use` or the
   * runtime copied is beyond reach, and so is what the system wrote to swap.
   */
  lend<Result>(ref: ModelRef, use: (model: ModelPackage) => Promise<Result>): Promise<Result>
  /**
   * The model in pieces, of any size. Now the names, sizes and digests of its files are verified against `ref.digest`;
   * each segment when it is read; the digest of a whole file at the end of its `stream()`. A segment that opens is one
   * that was hashed into that digest, since its key sealed this model once and nothing else.
   *
   * @throws NootropicError as {@link Vault.open}
   */
  openReader(ref: ModelRef): Promise<ModelReader>
  /**
   * Writes the model in the clear into a new private directory (0700, its files 0600), whole or not at all and verified.
   * Nothing else in the vault writes clear bytes to a disk: whoever can read the directory, or the disk later, has the model.
   *
   * @throws NootropicError as {@link Vault.open}; `USAGE` when something is at `directory`; `STORAGE_FAILED`
   */
  export(ref: ModelRef, directory: string): Promise<void>
  /**
   * What is sealed, by name and version, registered or not. Seals and indexes are verified; the content is when it is
   * opened. What does not open is listed with its problem.
   */
  list(): Promise<(ModelRef | DamagedModel)[]>
  /**
   * Removes a version and its key, so that no copy of it opens any more.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, `STORAGE_FAILED`
   */
  remove(model: ModelVersion): Promise<void>
}

/**
 * Opens the vault in a directory of its own (0700), or makes it, and removes what processes that died left in it.
 *
 * @param options.limits what {@link Vault.open} holds in memory at most.
 * @throws NootropicError `FILE_UNREADABLE` when others can enter the directory
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
  random?: Random
  limits?: Partial<MemoryLimits>
}): Promise<Vault> => {
  const { directory, keys, random = systemRandom } = options
  const limits = { ...packageLimits, ...options.limits }
  await ensurePrivateDirectory(directory)
  // Names become directories: what comes here was parsed.
  const placeOf = ({ name, version }: ModelVersion): string => join(directory, name, version)
  const places: VaultPlaces = { directory, keys, placeOf }
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
    try {
      await withVaultLock(directory, () => createWorkDirectory(work))
      const ref = await sealModel(work, model, source, { keys, random })
      if (digest !== undefined && ref.digest !== digest) {
        throw new NootropicError('MODEL_MALFORMED', `expected a model of digest ${digest}, found ${ref.digest}`)
      }
      const first = await place(work, ref)
      if (first === undefined) return ref
      await withVaultLock(directory, () => discardSeal(work, places))
      return await verifySame(first, ref)
    } catch (error) {
      // What went wrong first is what the caller needs to know.
      await withVaultLock(directory, () => discardSeal(work, places)).catch(() => {})
      throw failed(error, `seal ${labelOf(model)}`)
    }
  }

  const describe = async (model: ModelVersion): Promise<ModelRef | DamagedModel | undefined> => {
    try {
      return (await present(model))?.ref
    } catch (error) {
      return { ...model, problem: failed(error, `open ${labelOf(model)}`) }
    }
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
    async list() {
      const models: (ModelRef | DamagedModel)[] = []
      for (const name of (await readdir(directory)).sort()) {
        if (!modelNameSchema.safeParse(name).success) continue
        await ensurePrivateDirectory(join(directory, name))
        for (const version of (await readdir(join(directory, name))).sort()) {
          const isVersion = modelVersionSchema.safeParse(version).success
          const model = isVersion ? await describe({ name, version }) : undefined
          if (model !== undefined) models.push(model)
        }
      }
      return models
    },
    async remove(requested) {
      const model = parseModelVersion(requested)
      const removed = join(directory, `${removedPrefix}${random.uuid()}`)
      try {
        await withVaultLock(directory, async () => {
          await rename(placeOf(model), removed)
          await syncDirectory(join(directory, model.name))
          await syncDirectory(directory)
          await endRemoval(removed, places)
        })
      } catch (error) {
        const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
        if (!isMissing) throw failed(error, `remove ${labelOf(model)}`)
        const message = `expected ${labelOf(model)} in the vault ${directory}, found nothing`
        throw new NootropicError('MODEL_NOT_FOUND', message)
      }
    },
  }
}
