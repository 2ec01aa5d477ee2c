import { isNootropicError, NootropicError, type SessionFactory } from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import { z } from 'zod'
import { activationsSchema, fingerprintActivations } from './activations.ts'
import { architectureSchema, fingerprintArchitecture } from './architecture.ts'
import { fingerprintWeights, weightsSchema } from './weights.ts'

/** What can be fingerprinted, by the names of the ModelFingerprinting manifest. */
export const fingerprintFeatures = ['architecture', 'weights', 'activations'] as const
/** One of {@link fingerprintFeatures}. */
export type FingerprintFeature = (typeof fingerprintFeatures)[number]

/** The schema of {@link Fingerprint}. */
export const fingerprintSchema = z.strictObject({
  schema: z.literal('nootropic.fingerprint/1'),
  architecture: architectureSchema.optional(),
  weights: weightsSchema.optional(),
  activations: activationsSchema.optional(),
  /** Features that were asked for and could not be taken, and why. */
  skipped: z.array(z.strictObject({ feature: z.enum(fingerprintFeatures), reason: z.string() })),
})
/** What a model is, without the model: plain JSON to keep beside it. */
export type Fingerprint = z.infer<typeof fingerprintSchema>

/** What to fingerprint. */
export interface FingerprintOptions {
  /** @defaultValue architecture and weights, which need no run */
  readonly features?: readonly FingerprintFeature[]
  /** Runs the model for its activations; a sandboxed factory if the model is not trusted. */
  readonly sessions?: SessionFactory
}

/**
 * Fingerprints an ONNX model. Activations that cannot be taken, because the model does not run on the probes, are named in
 * `skipped`.
 *
 * @throws NootropicError `MODEL_MALFORMED` or `LIMIT_EXCEEDED` for what is not a readable ONNX model, `USAGE` when
 *   activations are asked for without `sessions`.
 */
export const fingerprintModel = async (bytes: Uint8Array, options: FingerprintOptions = {}): Promise<Fingerprint> => {
  const { features = ['architecture', 'weights'], sessions } = options
  const model = readOnnx(bytes)
  const fingerprint: Fingerprint = { schema: 'nootropic.fingerprint/1', skipped: [] }
  if (features.includes('architecture')) fingerprint.architecture = fingerprintArchitecture(model)
  if (features.includes('weights')) fingerprint.weights = fingerprintWeights(model)
  if (!features.includes('activations')) return fingerprint
  if (sessions === undefined) {
    throw new NootropicError(
      'USAGE',
      'expected sessions to fingerprint activations with, got none; pass a SessionFactory',
    )
  }
  try {
    const session = await sessions.open({ main: bytes })
    try {
      fingerprint.activations = await fingerprintActivations(session)
    } finally {
      await session.close()
    }
  } catch (error) {
    if (!isNootropicError(error)) throw error
    fingerprint.skipped.push({ feature: 'activations', reason: error.message })
  }
  return fingerprint
}
