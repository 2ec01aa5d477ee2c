import { z } from 'zod'
import { digestSchema } from '../digest.ts'

/** The name of a model: a DNS label, so that it can stand in a path, a metric and an address. */
export const modelNameSchema = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'expected 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends',
  )

/** The version of a model: a semantic version without build metadata. */
export const modelVersionSchema = z
  .string()
  .max(64)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'expected a semantic version such as 1.0.0',
  )

/** The schema of {@link ModelRef}. */
export const modelRefSchema = z.strictObject({
  name: modelNameSchema,
  version: modelVersionSchema,
  digest: digestSchema,
})
/** One version of one model, by its bytes. */
export type ModelRef = z.infer<typeof modelRefSchema>

/** A model's bytes in memory: the main file and what it refers to beside itself. */
export interface ModelBytes {
  readonly main: Uint8Array
  readonly externalData?: readonly { readonly path: string; readonly data: Uint8Array }[]
}

/** Acts on a model that serves. The composer hands it to whoever may act; nobody imports runtime for it. */
export interface ModelControl {
  /** Stops serving `model` before it resolves; survives a restart. */
  suspend(model: string, reason: string): Promise<void>
  resume(model: string, reason: string): Promise<void>
  /** Makes this version the one that serves. */
  activate(ref: ModelRef): Promise<void>
  /** Makes the version that served before serve again, and returns it. */
  rollback(model: string, reason: string): Promise<ModelRef>
}
