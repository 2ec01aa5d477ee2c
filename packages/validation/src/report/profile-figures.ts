import { z } from 'zod'

const latencySchema = z.strictObject({
  runs: z.number(),
  minimumMs: z.number(),
  p50Ms: z.number(),
  p90Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  maximumMs: z.number(),
  meanMs: z.number(),
  deviationMs: z.number(),
  jitterMs: z.number(),
})

/** The schema of {@link ProfileReport}. */
export const profileReportSchema = z.strictObject({
  runs: z.array(
    z.strictObject({
      batch: z.int().positive(),
      threads: z.int().positive(),
      latency: latencySchema,
      /** Examples a second. */
      throughput: z.number(),
    }),
  ),
  /** The dearest operators, run alone. */
  operators: z.array(
    z.strictObject({ operator: z.string(), nodes: z.number(), milliseconds: z.number(), share: z.number() }),
  ),
})
/** How long a model takes. */
export type ProfileReport = z.infer<typeof profileReportSchema>
