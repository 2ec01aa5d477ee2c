import { verdictSchema } from '@nootropic/core'
import { z } from 'zod'

/** The ways to certify that answers hold. */
export const certificates = ['intervals', 'smoothing'] as const
/** One of {@link certificates}. */
export type CertificateName = (typeof certificates)[number]

/** The schema of {@link CertifiedFigures}. */
export const certifiedFiguresSchema = z.strictObject({
  method: z.enum(certificates),
  verdict: verdictSchema,
  /** Intervals bound L-infinity; smoothing bounds L2, of the model with noise on its inputs and not of the model itself. */
  norm: z.enum(['linf', 'l2']),
  /** The share of all examples whose right answer is proved to hold, by epsilon. */
  curve: z.array(z.strictObject({ epsilon: z.number(), share: z.number().min(0).max(1) })),
  note: z.string().optional(),
})
/** What is proved of a model: no attack can do more. */
export type CertifiedFigures = z.infer<typeof certifiedFiguresSchema>
