import { type ModelRef, modelRefSchema, NootropicError } from '@nootropic/core'
import type { ModelVersion } from '@nootropic/runtime'

export type { ModelVersion }

const modelVersionSchema = modelRefSchema.omit({ digest: true })

/** A name and a version without anything else. @throws NootropicError `USAGE` */
export const parseModelVersion = ({ name, version }: ModelVersion): Pick<ModelRef, 'name' | 'version'> => {
  const parsed = modelVersionSchema.safeParse({ name, version })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new NootropicError('USAGE', `expected the name and the version of a model; ${problems.join('; ')}`)
}

/** What tells versions of models apart: neither part holds a space. */
export const labelOf = ({ name, version }: ModelVersion): string => `${name} ${version}`
