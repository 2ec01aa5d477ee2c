import { verdictSchema } from '@nootropic/core'
import { z } from 'zod'

/** The schema of {@link CorruptionReport}. */
export const corruptionReportSchema = z.strictObject({
  verdict: verdictSchema,
  /** What the examples were taken for. */
  modality: z.string(),
  examples: z.int().nonnegative(),
  measure: z.enum(['accuracy', 'consistency']),
  clean: z.number().min(0).max(1),
  severities: z.array(z.int().positive()),
  /** Each corruption with the share of answers that stay right, at each severity that was measured. */
  rows: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      shares: z.array(z.strictObject({ severity: z.int().positive(), share: z.number().min(0).max(1) })),
    }),
  ),
  /** The mean error over corruptions and severities, and what corruption adds to the clean error; no baseline is used. */
  meanCorruptionError: z.number().optional(),
  relativeMeanCorruptionError: z.number().optional(),
  /** Why not everything was measured. */
  stopped: z.string().optional(),
})
/** What common corruptions leave of a model. */
export type CorruptionReport = z.infer<typeof corruptionReportSchema>
