import { z } from 'zod'
import { severitySchema } from '../finding.ts'

/** The event types that carry an alert. */
export const alertEvents = { raised: 'ai.nootropic.alert.raised', resolved: 'ai.nootropic.alert.resolved' } as const

/** The schema of {@link Alert}. */
export const alertSchema = z.strictObject({
  /** Which rule: `latency`, `error-rate`. */
  rule: z.string(),
  severity: severitySchema,
  model: z.string(),
  value: z.number(),
  threshold: z.number(),
  unit: z.string(),
  /** One sentence for the person on call. */
  message: z.string(),
  /** RFC 3339: since when the condition has held. */
  since: z.string(),
})
/** A condition that somebody should know of: the data of an alert event. */
export type Alert = z.infer<typeof alertSchema>
