import {
  type Clock,
  canonicalJson,
  type ModelRef,
  NootropicError,
  reportSchema,
  signatureSchema,
  systemClock,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import { parseModelRef } from './model-ref.ts'
import type { Activation, ModelStatus, RegisteredModel, Registration } from './registered-model.ts'
import {
  activationOf,
  activationsOf,
  lockModel,
  modelRow,
  notRegistered,
  previousOf,
  refOf,
  registeredOf,
  statusOf,
  type Tables,
  type VersionRow,
  versionRow,
  versionsOf,
} from './registry-queries.ts'
import { type RegistryTables, registryMigrations } from './registry-tables.ts'
import { compareVersions } from './semantic-version.ts'

/** The models that were admitted, which version of each serves, and which are suspended. Survives a restart. */
export interface Registry {
  /**
   * Registers a version. To register the same ref again changes nothing and returns what is registered.
   *
   * @throws NootropicError `MODEL_EXISTS` when the version is registered with other bytes, or is not higher than every
   * version of the model: what was replaced must not come back as new.
   */
  add(registration: Registration): Promise<RegisteredModel>
  /** A version; without `version` the highest. @throws NootropicError `MODEL_NOT_FOUND` */
  get(name: string, version?: string): Promise<RegisteredModel>
  /** Every model, by name. */
  list(): Promise<ModelStatus[]>
  /** @throws NootropicError `MODEL_NOT_FOUND` */
  status(name: string): Promise<ModelStatus>
  /** The version that serves. @throws NootropicError `MODEL_SUSPENDED`, or `MODEL_NOT_FOUND` when none was activated */
  active(name: string): Promise<RegisteredModel>
  /** Makes a version the one that serves. @throws NootropicError `MODEL_NOT_FOUND`, for other bytes too */
  activate(ref: ModelRef): Promise<void>
  /** A model that is suspended already keeps its first reason. @throws NootropicError `MODEL_NOT_FOUND` */
  suspend(name: string, reason: string): Promise<void>
  /** @throws NootropicError `MODEL_NOT_FOUND` */
  resume(name: string): Promise<void>
  /** The version that {@link Registry.rollback} would go to. @throws NootropicError `MODEL_NOT_FOUND` */
  previous(name: string): Promise<ModelRef | undefined>
  /**
   * Makes the version before the active one serve again and returns it; a second rollback goes back further. A suspended
   * model stays suspended.
   *
   * @throws NootropicError `MODEL_NOT_FOUND` when there is none
   */
  rollback(name: string, reason: string): Promise<ModelRef>
  /** Every activation, the oldest first. @throws NootropicError `MODEL_NOT_FOUND` */
  history(name: string): Promise<Activation[]>
}

const documentText = (schema: z.ZodType, document: unknown): string => {
  const parsed = schema.safeParse(document)
  if (parsed.success) return canonicalJson(parsed.data)
  throw new NootropicError('USAGE', `expected a signature and a report, got ${z.prettifyError(parsed.error)}`)
}

/**
 * Opens the registry in a database, and makes or changes its tables (`runtime_*`) where needed.
 *
 * @throws NootropicError `STORAGE_FAILED`
 * @example
 * ```ts
 * const registry = await openRegistry({ database })
 * await registry.add({ ref, signature, report })
 * await registry.activate(ref)
 * const { ref: serving } = await registry.active('digits')
 * ```
 */
export const openRegistry = async (options: { database: Database; clock?: Clock }): Promise<Registry> => {
  const { database, clock = systemClock } = options
  await database.migrate('runtime', registryMigrations)
  const tables = database.tables<RegistryTables>()
  const now = (): string => clock.now().toISOString()

  const setActivation = async (
    transaction: Tables,
    { name, revision: sequence }: { name: string; revision: number },
    activation: { version: string; previous: number | null; reason: string | null },
  ): Promise<void> => {
    await transaction
      .insertInto('runtime_activations')
      .values({ name, sequence, ...activation, at: now() })
      .execute()
    await transaction.updateTable('runtime_models').set({ activation: sequence }).where('name', '=', name).execute()
  }

  return {
    add: ({ ref: requested, signature, report, originalDigest }) =>
      tables.transaction().execute(async (transaction) => {
        const ref = parseModelRef(requested)
        const { name, version, digest } = ref
        await transaction
          .insertInto('runtime_models')
          .values({ name, revision: 0 })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute()
        await lockModel(transaction, name)
        const registered = await versionRow(transaction, name, version)
        if (registered?.digest === digest) return registeredOf(registered)
        const highest = (await versionsOf(transaction, name)).at(-1)
        if (highest !== undefined && compareVersions(version, highest.version) <= 0) {
          const found =
            registered === undefined ? `${highest.version} as the highest` : `other bytes, ${registered.digest}`
          const message = `expected ${name} ${version} to be new and higher than every version, found ${found}`
          throw new NootropicError('MODEL_EXISTS', `${message}; register it under a higher version`)
        }
        const row: VersionRow = {
          name,
          version,
          digest,
          original_digest: originalDigest ?? null,
          signature: documentText(signatureSchema, signature),
          report: documentText(reportSchema, report),
          registered_at: now(),
        }
        await transaction.insertInto('runtime_versions').values(row).execute()
        return registeredOf(row)
      }),
    async get(name, version) {
      const wanted = version ?? (await versionsOf(tables, name)).at(-1)?.version
      const row = wanted === undefined ? undefined : await versionRow(tables, name, wanted)
      if (row !== undefined) return registeredOf(row)
      await modelRow(tables, name)
      const known = (await versionsOf(tables, name)).map((ref) => ref.version)
      throw notRegistered(`${name} ${JSON.stringify(wanted?.slice(0, 80))}; its versions are ${known.join(', ')}`)
    },
    async list() {
      const rows = await tables.selectFrom('runtime_models').select('name').orderBy('name').execute()
      const statuses: ModelStatus[] = []
      for (const { name } of rows) statuses.push(await statusOf(tables, name))
      return statuses
    },
    status: (name) => statusOf(tables, name),
    async active(name) {
      const model = await modelRow(tables, name)
      if (model.suspended_since !== null) {
        const message = `expected ${name} to serve, found it suspended since ${model.suspended_since}: ${model.suspended_reason}`
        throw new NootropicError('MODEL_SUSPENDED', message, { details: { model: name, since: model.suspended_since } })
      }
      const active = await activationOf(tables, name, model.activation)
      const row = active === undefined ? undefined : await versionRow(tables, name, active.version)
      if (row === undefined) throw notRegistered(`${name}, of which no version was activated; activate one`)
      return registeredOf(row)
    },
    activate: (requested) =>
      tables.transaction().execute(async (transaction) => {
        const ref = parseModelRef(requested)
        const model = await lockModel(transaction, ref.name)
        const row = await versionRow(transaction, ref.name, ref.version)
        if (row?.digest !== ref.digest) {
          const found = row === undefined ? 'which is not registered' : `registered as ${row.digest}`
          throw notRegistered(`${ref.name} ${ref.version} with ${ref.digest}, ${found}`)
        }
        const current = await activationOf(transaction, ref.name, model.activation)
        if (current?.version === ref.version) return
        await setActivation(transaction, model, { version: ref.version, previous: model.activation, reason: null })
      }),
    suspend: (name, reason) =>
      tables.transaction().execute(async (transaction) => {
        const model = await lockModel(transaction, name)
        if (model.suspended_since !== null) return
        const suspended = { suspended_reason: reason, suspended_since: now() }
        await transaction.updateTable('runtime_models').set(suspended).where('name', '=', name).execute()
      }),
    resume: (name) =>
      tables.transaction().execute(async (transaction) => {
        await lockModel(transaction, name)
        const suspended = { suspended_reason: null, suspended_since: null }
        await transaction.updateTable('runtime_models').set(suspended).where('name', '=', name).execute()
      }),
    async previous(name) {
      const model = await modelRow(tables, name)
      const previous = await previousOf(tables, name, model.activation)
      return previous === undefined ? undefined : refOf(previous)
    },
    rollback: (name, reason) =>
      tables.transaction().execute(async (transaction) => {
        const model = await lockModel(transaction, name)
        const target = await previousOf(transaction, name, model.activation)
        if (target === undefined) throw notRegistered(`${name}, of which no version served before the active one`)
        await setActivation(transaction, model, { version: target.version, previous: target.previous, reason })
        return refOf(target)
      }),
    async history(name) {
      await modelRow(tables, name)
      const rows = await activationsOf(tables, name).orderBy('activation.sequence').execute()
      return rows.map((row) => ({
        ref: refOf(row),
        at: row.at,
        ...(row.reason === null ? {} : { rollbackReason: row.reason }),
      }))
    },
  }
}
