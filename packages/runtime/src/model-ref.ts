import { type ModelRef, modelRefSchema, NootropicError } from '@nootropic/core'
import { z } from 'zod'

/** A version of a model, whatever its bytes. */
export type ModelVersion = Pick<ModelRef, 'name' | 'version'>

const parseWith = <Value>(schema: z.ZodType<Value>, value: unknown): Value => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new NootropicError('USAGE', `expected a model's name, version and digest, got ${z.prettifyError(parsed.error)}`)
}

/** @throws NootropicError `USAGE` */
export const parseModelRef = (value: unknown): ModelRef => parseWith(modelRefSchema, value)

const modelVersionSchema = z.object({ name: modelRefSchema.shape.name, version: modelRefSchema.shape.version })

/** @throws NootropicError `USAGE` */
export const parseModelVersion = (value: unknown): ModelVersion => parseWith(modelVersionSchema, value)

const modelToSealSchema = modelVersionSchema.extend({ digest: modelRefSchema.shape.digest.optional() })

/** A version whose digest may not be known yet. @throws NootropicError `USAGE` */
export const parseModelToSeal = (value: unknown): ModelVersion & { digest?: ModelRef['digest'] } => {
  const { digest, ...version } = parseWith(modelToSealSchema, value)
  return { ...version, ...(digest === undefined ? {} : { digest }) }
}
