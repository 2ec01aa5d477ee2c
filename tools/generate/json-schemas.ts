import { kindJsonSchema, manifestJsonSchema, manifestKinds } from '@nootropic/core/manifest'
import type { GeneratedFile } from './generated-file.ts'

const asText = (schema: unknown): string => `${JSON.stringify(schema, undefined, 2)}\n`

/** The JSON Schemas of the manifests: one of all, and one a kind by the name that kubeconform looks for. */
export const jsonSchemas = (): GeneratedFile[] => [
  { path: 'schema/v1.json', content: asText(manifestJsonSchema()) },
  ...manifestKinds.map((kind) => ({
    path: `schema/v1/${kind.toLowerCase()}.json`,
    content: asText(kindJsonSchema(kind)),
  })),
]
