import { z } from 'zod'
import type { ActResult, CanaryResult } from '../worker/canary.ts'

const actResultSchema = z.strictObject({
  outcome: z.enum(['refused', 'open', 'untried']),
  detail: z.string().max(100),
}) satisfies z.ZodType<ActResult>

/** What a canary may answer. */
export const canaryReplySchema = z.strictObject({
  acts: z.record(z.string(), actResultSchema),
  environment: z.array(z.string()),
  namespaces: z.record(z.string(), z.string()),
  status: z.record(z.string(), z.string()),
  kernel: z.string().max(200),
}) satisfies z.ZodType<CanaryResult>
