import { type ModelRef, NootropicError } from '@nootropic/core'
import type { DamagedModel, ModelVersion, Restored, Vault } from '@nootropic/runtime'
import { onRecord } from './audit/on-record.ts'
import { labelOf, parseModelVersion } from './model-version.ts'
import type { Parts } from './parts.ts'

/** A model in the vault, registered or not, or one that is registered and lost. */
export interface SealedModel {
  readonly name: string
  /** Left out when not even the versions of the model can be read. */
  readonly version?: string
  /** Left out when it does not open. */
  readonly digest?: ModelRef['digest']
  /** Only what is registered can serve. */
  readonly isRegistered: boolean
  /** Why it does not open. */
  readonly problem?: string
}

/** Storage of models, apart from serving them. */
export interface SealedModels {
  /**
   * Seals a model of any size as it is: not validated, not registered, and so never run.
   *
   * @throws NootropicError as `Vault.sealFrom`
   */
  seal(path: string, model: ModelVersion): Promise<ModelRef>
  /**
   * Writes a sealed model in the clear into a new private directory, verified and whole or not at all.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, `SEALED_FILE_CORRUPT`, `USAGE` when something is at `directory`
   */
  unseal(model: ModelVersion, directory: string): Promise<ModelRef>
  /**
   * Brings a model that is lost or damaged back from the backup that its registration took; of a registered model only the
   * bytes that were registered.
   *
   * @throws NootropicError as `Vault.restore`: nothing is replaced then
   */
  restore(model: ModelVersion): Promise<Restored>
  /**
   * Removes a model that is not registered, its backup and its key: no copy of it opens any more.
   *
   * @throws NootropicError `MODEL_EXISTS` for a registered model, `MODEL_NOT_FOUND`, `STORAGE_FAILED`
   */
  discard(model: ModelVersion): Promise<void>
  /** Everything in the vault, by name and version, and what is registered and not there. */
  list(): Promise<SealedModel[]>
}

type SealedParts = Pick<Parts, 'audit' | 'registry' | 'turns'> & { readonly vault: Vault }

/** The vault for its operator: what is done to models is on record before it is done, and then what came of it. */
export const openSealedModels = ({ vault, registry, audit, turns }: SealedParts): SealedModels => {
  const recorded = async <Result>(action: string, { name, version }: ModelVersion, work: () => Promise<Result>) => {
    const resource = `model:${name}`
    const entry = { category: 'operation', actor: 'system:nootropic', action, resource, details: { version } } as const
    const result = await onRecord(audit, entry, work)
    await audit.append({ ...entry, outcome: 'succeeded' })
    return result
  }
  const registered = async (): Promise<ModelRef[]> => (await registry.list()).flatMap(({ versions }) => versions)
  const registrationOf = async (model: ModelVersion): Promise<ModelRef | undefined> =>
    (await registered()).find((ref) => labelOf(ref) === labelOf(model))

  return {
    async seal(path, model) {
      const version = parseModelVersion(model)
      // As it was given: a digest beside its name and version holds as well.
      return turns(version, () => recorded('seal', version, () => vault.sealFrom(path, model)))
    },
    async unseal(model, directory) {
      const sealed = await vault.find(model)
      if (sealed === undefined) {
        const message = `expected ${labelOf(model)} in the vault, found nothing; \`nootropic list\` shows what is there`
        throw new NootropicError('MODEL_NOT_FOUND', message)
      }
      return recorded('unseal', model, async () => {
        await vault.export(sealed, directory)
        return sealed
      })
    },
    async restore(model) {
      const version = parseModelVersion(model)
      return turns(version, async () => {
        const digest = (await registrationOf(version))?.digest
        const wanted = digest === undefined ? model : { ...version, digest }
        return recorded('restore', version, () => vault.restore(wanted))
      })
    },
    async discard(model) {
      const version = parseModelVersion(model)
      await turns(version, async () => {
        const registration = await registrationOf(version)
        // What cannot be opened may be the registered model. Other bytes in its place are not.
        const sealed = registration && (await vault.find(version).catch(() => undefined))
        if (registration !== undefined && (sealed === undefined || sealed.digest === registration.digest)) {
          const message = `expected a model that is not registered, got ${labelOf(version)}, which is`
          throw new NootropicError(
            'MODEL_EXISTS',
            `${message}; a registered version stays, for it may have to serve again`,
          )
        }
        await recorded('discard', version, () => vault.remove(version))
      })
    },
    async list() {
      const refs = await registered()
      const sealed = await vault.list()
      const isOf = (ref: ModelRef, model: ModelRef | DamagedModel): boolean =>
        ref.name === model.name &&
        ref.version === (model.version ?? ref.version) &&
        ('problem' in model || ref.digest === model.digest)
      const models = sealed.map((model) => ({
        name: model.name,
        ...(model.version === undefined ? {} : { version: model.version }),
        isRegistered: refs.some((ref) => isOf(ref, model)),
        ...('problem' in model ? { problem: model.problem.message } : { digest: model.digest }),
      }))
      const lost = refs.filter((ref) => !sealed.some((model) => isOf(ref, model)))
      const problem = 'expected it in the vault, found nothing; `nootropic restore` brings it back from its backup'
      return [...models, ...lost.map(({ name, version }) => ({ name, version, isRegistered: true, problem }))]
    },
  }
}
