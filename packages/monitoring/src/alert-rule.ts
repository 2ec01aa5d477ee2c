import { severitySchema } from '@nootropic/core'
import { z } from 'zod'

/** The schema of {@link AlertRule}. */
export const alertRuleSchema = z.strictObject({
  /** Its name in alerts: `latency`, `error-rate`. */
  rule: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected words of a-z and 0-9 with - between them'),
  /** The one model it is for; without it, every model by itself. */
  model: z.string().optional(),
  /** The measurement it judges, by name: `nootropic.inference.duration`. */
  measurement: z.string().min(1),
  /** `error-ratio` is faults of the model over inferences it was asked for; the rest are of the measured values. */
  statistic: z.enum(['p50', 'p95', 'p99', 'mean', 'error-ratio']),
  /** The condition holds above it. In the unit of the measurement, or a ratio in [0, 1]. */
  threshold: z.number().nonnegative(),
  unit: z.string(),
  /** How far back the statistic looks. */
  windowMs: z.number().positive(),
  /** How long the condition must hold before it is an alert, and be gone before the alert is resolved. */
  forMs: z.number().nonnegative(),
  /** Fewer observations in the window than this are no data. */
  minimumCount: z.number().int().positive(),
  severity: severitySchema,
})
/** A condition on a statistic of the last minutes, and when it becomes an alert. */
export type AlertRule = z.infer<typeof alertRuleSchema>
