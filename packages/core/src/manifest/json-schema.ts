import { z } from 'zod'
import { type ManifestKind, manifestSchema } from './kinds.ts'

/** Where the schemas are published; their `$id`, and what the first line of a manifest names for editors. */
export const schemaAddress = 'https://nootropic.ai/schema/v1'

/** A JSON Schema, draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON Schema of any manifest, for editors: `schema/v1.json`. */
export const manifestJsonSchema = (): JsonSchema => {
  const { $schema, ...schema } = z.toJSONSchema(manifestSchema, { target: 'draft-7', io: 'input' })
  return { $schema, $id: `${schemaAddress}.json`, title: 'nootropic security manifest', ...schema }
}

/** The JSON Schema of one kind, for checkers that look it up by kind: `schema/v1/<kind in lower case>.json`. */
export const kindJsonSchema = (kind: ManifestKind): JsonSchema => {
  const { $schema, definitions } = manifestJsonSchema()
  const { [kind]: definition } = definitions as Record<ManifestKind, JsonSchema>
  return { $schema, $id: `${schemaAddress}/${kind.toLowerCase()}.json`, ...definition }
}
