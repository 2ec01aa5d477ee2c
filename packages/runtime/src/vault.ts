import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
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
import type { ModelPackage } from '@nootropic/core/formats'
import { ensurePrivateDirectory, syncDirectory } from '@nootropic/core/storage'
import { type ModelVersion, parseModelRef, parseModelVersion } from './model-ref.ts'
import {
  corrupt,
  type DataKeys,
  type ModelContent,
  readSeal,
  readSealedModel,
  type Seal,
  writeSealedModel,
} from './sealed-model.ts'
import { verifyContent } from './verify-content.ts'

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
   * The model, in memory only, after every byte was verified against `ref.digest`.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, or `SEALED_FILE_CORRUPT` for any change
   */
  open(ref: ModelRef): Promise<ModelPackage>
  /**
   * What is sealed, by name and version. The seals are verified; the content is when it is opened.
   *
   * @throws NootropicError `SEALED_FILE_CORRUPT`
   */
  list(): Promise<ModelRef[]>
  /** @throws NootropicError `MODEL_NOT_FOUND` */
  remove(model: ModelVersion): Promise<void>
}

const labelOf = ({ name, version }: ModelVersion): string => `${name} ${version}`

/**
 * Opens the vault in a directory of its own (0700), or makes it.
 *
 * @throws NootropicError `FILE_UNREADABLE` when others can enter the directory
 * @example
 * ```ts
 * const vault = await openVault({ directory: '/home/me/.nootropic/models', keys })
 * const ref = { name: 'digits', version: '1.0.0', digest: model.digest }
 * await vault.seal(ref, model)
 * const { files } = await vault.open(ref)
 * ```
 */
export const openVault = async (options: { directory: string; keys: DataKeys; random?: Random }): Promise<Vault> => {
  const { directory, keys, random = systemRandom } = options
  await ensurePrivateDirectory(directory)
  // Names become directories: what comes here was parsed.
  const placeOf = ({ name, version }: ModelVersion): string => join(directory, name, version)

  const notFound = (model: ModelVersion): NootropicError =>
    new NootropicError('MODEL_NOT_FOUND', `expected ${labelOf(model)} in the vault ${directory}, found nothing`)

  const sealOf = async (model: ModelVersion): Promise<Seal | undefined> => {
    const seal = await readSeal(placeOf(model), keys)
    if (seal !== undefined && labelOf(seal.ref) !== labelOf(model)) {
      throw corrupt(placeOf(model), `the seal of ${labelOf(seal.ref)}`)
    }
    return seal
  }

  // Whether the very same is sealed already, and whole.
  const isSealed = async (ref: ModelRef): Promise<boolean> => {
    const seal = await sealOf(ref)
    if (seal === undefined) return false
    if (seal.ref.digest !== ref.digest) {
      const expected = `expected no other bytes sealed as ${labelOf(ref)}, found ${seal.ref.digest}`
      throw new NootropicError('MODEL_EXISTS', `${expected}; seal ${ref.digest} under a higher version`)
    }
    await readSealedModel(placeOf(ref), seal)
    return true
  }

  return {
    async seal(requested, model) {
      const ref = parseModelRef(requested)
      verifyContent(ref, model)
      if (await isSealed(ref)) return
      const temporary = join(directory, `.sealing-${randomUUID()}`)
      try {
        await mkdir(temporary, { mode: 0o700 })
        await writeSealedModel(temporary, ref, model, keys, random)
        await ensurePrivateDirectory(join(directory, ref.name))
        await rename(temporary, placeOf(ref))
        await syncDirectory(join(directory, ref.name))
        await syncDirectory(directory)
      } catch (error) {
        await rm(temporary, { recursive: true, force: true })
        // A directory that is there does not give way to the rename: another process was first.
        if (await isSealed(ref)) return
        if (isNootropicError(error)) throw error
        const message = `expected to seal ${labelOf(ref)} in ${directory}, found ${(error as Error).message}`
        throw new NootropicError('STORAGE_FAILED', message, { cause: error })
      }
    },
    async open(requested) {
      const ref = parseModelRef(requested)
      const seal = await sealOf(ref)
      if (seal === undefined) throw notFound(ref)
      if (seal.ref.digest !== ref.digest) throw corrupt(placeOf(ref), `${seal.ref.digest} instead of ${ref.digest}`)
      return readSealedModel(placeOf(ref), seal)
    },
    async list() {
      const refs: ModelRef[] = []
      for (const name of (await readdir(directory)).sort()) {
        if (!modelNameSchema.safeParse(name).success) continue
        for (const version of (await readdir(join(directory, name))).sort()) {
          const isVersion = modelVersionSchema.safeParse(version).success
          const seal = isVersion ? await sealOf({ name, version }) : undefined
          if (seal !== undefined) refs.push(seal.ref)
        }
      }
      return refs
    },
    async remove(requested) {
      const model = parseModelVersion(requested)
      const removed = join(directory, `.removed-${randomUUID()}`)
      try {
        await rename(placeOf(model), removed)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notFound(model)
        throw error
      }
      await syncDirectory(join(directory, model.name))
      await rm(removed, { recursive: true })
    },
  }
}
