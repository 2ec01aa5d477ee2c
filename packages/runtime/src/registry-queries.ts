import {
  closestWord,
  digestSchema,
  type ModelRef,
  modelRefSchema,
  NootropicError,
  reportSchema,
  signatureSchema,
} from '@nootropic/core'
import type { Kysely, Selectable } from 'kysely'
import type { ModelStatus, RegisteredModel } from './registered-model.ts'
import type { RegistryTables } from './registry-tables.ts'
import { compareVersions } from './semantic-version.ts'

export type Tables = Kysely<RegistryTables>
export type VersionRow = Selectable<RegistryTables['runtime_versions']>

const maximumSuggestions = 1000

export const refOf = ({ name, version, digest }: Record<keyof ModelRef, string>): ModelRef =>
  modelRefSchema.parse({ name, version, digest })

export const registeredOf = (row: VersionRow): RegisteredModel => ({
  ref: refOf(row),
  signature: signatureSchema.parse(JSON.parse(row.signature)),
  report: reportSchema.parse(JSON.parse(row.report)),
  ...(row.original_digest === null ? {} : { originalDigest: digestSchema.parse(row.original_digest) }),
  registeredAt: row.registered_at,
})

const byPrecedence = (left: ModelRef, right: ModelRef): number => compareVersions(left.version, right.version)

export const notRegistered = (found: string): NootropicError =>
  new NootropicError('MODEL_NOT_FOUND', `expected a registered model, got ${found}`)

const unknownModel = async (tables: Tables, name: string): Promise<NootropicError> => {
  const rows = await tables.selectFrom('runtime_models').select('name').limit(maximumSuggestions).execute()
  const close = closestWord(
    name,
    rows.map((row) => row.name),
  )
  const hint =
    close === undefined ? '; list the models with nootropic list' : `; did you mean ${JSON.stringify(close)}?`
  return notRegistered(`${JSON.stringify(name.slice(0, 80))}${hint}`)
}

export const versionsOf = async (tables: Tables, name: string): Promise<ModelRef[]> => {
  const rows = await tables
    .selectFrom('runtime_versions')
    .select(['name', 'version', 'digest'])
    .where('name', '=', name)
    .execute()
  return rows.map(refOf).sort(byPrecedence)
}

export const versionRow = async (tables: Tables, name: string, version: string): Promise<VersionRow | undefined> =>
  tables
    .selectFrom('runtime_versions')
    .selectAll()
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst()

/** A model's activations, to narrow or to order. */
export const activationsOf = (tables: Tables, name: string) =>
  tables
    .selectFrom('runtime_activations as activation')
    .innerJoin('runtime_versions as version', (join) =>
      join.onRef('version.name', '=', 'activation.name').onRef('version.version', '=', 'activation.version'),
    )
    .select(['version.name', 'version.version', 'version.digest'])
    .select(['activation.previous', 'activation.reason', 'activation.at'])
    .where('activation.name', '=', name)

export const activationOf = async (tables: Tables, name: string, sequence: number | null | undefined) =>
  activationsOf(tables, name)
    .where('activation.sequence', '=', sequence ?? null)
    .executeTakeFirst()

export const modelRow = async (tables: Tables, name: string) => {
  const row = await tables.selectFrom('runtime_models').selectAll().where('name', '=', name).executeTakeFirst()
  if (row === undefined) throw await unknownModel(tables, name)
  return row
}

// Holds the model against every other process until the transaction ends.
export const lockModel = async (tables: Tables, name: string) => {
  const row = await tables
    .updateTable('runtime_models')
    .set((model) => ({ revision: model('revision', '+', 1) }))
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw await unknownModel(tables, name)
  return row
}

export const statusOf = async (tables: Tables, name: string): Promise<ModelStatus> => {
  const model = await modelRow(tables, name)
  const active = await activationOf(tables, name, model.activation)
  return {
    name,
    versions: await versionsOf(tables, name),
    ...(active === undefined ? {} : { active: refOf(active) }),
    ...(model.suspended_since === null
      ? {}
      : { suspended: { reason: model.suspended_reason ?? '', since: model.suspended_since } }),
  }
}

export const previousOf = async (tables: Tables, name: string, activation: number | null) => {
  const current = await activationOf(tables, name, activation)
  return activationOf(tables, name, current?.previous)
}
