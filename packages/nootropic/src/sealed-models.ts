import { type ModelRef, NootropicError } from '@nootropic/core'
import type { Vault } from '@nootropic/runtime'
import type { Parts } from './parts.ts'

/** A model in the vault, registered or not. */
export interface SealedModel {
  readonly name: string
  readonly version: string
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
  seal(path: string, model: Pick<ModelRef, 'name' | 'version'>): Promise<ModelRef>
  /**
   * Writes a sealed model in the clear into a new private directory, verified and whole or not at all.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, `SEALED_FILE_CORRUPT`, `USAGE` when something is at `directory`
   */
  unseal(model: Pick<ModelRef, 'name' | 'version'>, directory: string): Promise<ModelRef>
  /** Everything in the vault, by name and version. */
  list(): Promise<SealedModel[]>
}

const keyOf = ({ name, version }: Pick<ModelRef, 'name' | 'version'>): string => `${name} ${version}`

type SealedParts = Pick<Parts, 'audit' | 'registry'> & { readonly vault: Vault }

/** The vault for its operator: each step that lets bytes in or out is on record before it is taken. */
export const openSealedModels = ({ vault, registry, audit }: SealedParts): SealedModels => {
  const record = (action: string, { name, version }: Pick<ModelRef, 'name' | 'version'>) =>
    audit.append({
      category: 'operation',
      actor: 'system:nootropic',
      action,
      resource: `model:${name}`,
      outcome: 'allowed',
      details: { version },
    })
  return {
    async seal(path, model) {
      await record('seal', model)
      return vault.sealFrom(path, model)
    },
    async unseal(model, directory) {
      const sealed = (await vault.list()).find(({ name, version }) => name === model.name && version === model.version)
      if (sealed === undefined) {
        const message = `expected ${model.name} ${model.version} in the vault, found nothing; \`nootropic list\` shows what is there`
        throw new NootropicError('MODEL_NOT_FOUND', message)
      }
      if ('problem' in sealed) throw sealed.problem
      await record('unseal', model)
      await vault.export(sealed, directory)
      return sealed
    },
    async list() {
      const registered = new Set((await registry.list()).flatMap(({ versions }) => versions.map(keyOf)))
      return (await vault.list()).map((model) => ({
        name: model.name,
        version: model.version,
        isRegistered: registered.has(keyOf(model)),
        ...('problem' in model ? { problem: model.problem.message } : { digest: model.digest }),
      }))
    },
  }
}
