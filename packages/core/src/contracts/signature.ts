import { z } from 'zod'
import { elementTypes } from './tensor.ts'

/** The schema of {@link ElementType}. */
export const elementTypeSchema = z.enum(elementTypes)

/** The schema of {@link TensorSpec}. */
export const tensorSpecSchema = z.strictObject({
  name: z.string(),
  type: elementTypeSchema,
  /** A number is fixed; a string names a dimension that may vary; null is unknown. */
  dims: z.array(z.union([z.number().int().nonnegative(), z.string(), z.null()])),
})
/** What a model declares of one input or output. */
export type TensorSpec = z.infer<typeof tensorSpecSchema>

/** The schema of {@link Signature}. */
export const signatureSchema = z.strictObject({ inputs: z.array(tensorSpecSchema), outputs: z.array(tensorSpecSchema) })
/** What goes into a model and what comes out. */
export type Signature = z.infer<typeof signatureSchema>
