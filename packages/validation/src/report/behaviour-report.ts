import { digestSchema, findingSchema, scoreSchema, stageSchema, verdictSchema } from '@nootropic/core'
import { z } from 'zod'
import { attackReportSchema } from './attack-figures.ts'
import { certifiedFiguresSchema } from './certified-figures.ts'
import { corruptionReportSchema } from './corruption-figures.ts'
import { privacyReportSchema } from './privacy-figures.ts'
import { profileReportSchema } from './profile-figures.ts'

/** The schema of {@link BehaviourReport}. */
export const behaviourReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  subject: z.strictObject({ path: z.string(), format: z.literal('onnx'), digest: digestSchema }),
  verdict: verdictSchema,
  /** What the figures were measured on; left out where nothing was. */
  data: z
    .strictObject({
      /** Examples that were tried. */
      examples: z.int().nonnegative(),
      /** Those that the model answers as labelled, over all. */
      clean: z.number().min(0).max(1),
      /** With true labels it is accuracy, else consistency with the model's own clean answer. */
      measure: z.enum(['accuracy', 'consistency']),
      /** Whether the examples were made up: then nothing is judged by them. */
      isMadeUp: z.boolean(),
      domain: z.tuple([z.number(), z.number()]),
    })
    .optional(),
  /** Each with how it was computed. */
  scores: z.record(z.string(), scoreSchema),
  /** What was done, in order, each part with its verdict and figures. */
  stages: z.array(stageSchema),
  attacks: attackReportSchema.optional(),
  certified: z.array(certifiedFiguresSchema).optional(),
  corruptions: corruptionReportSchema.optional(),
  privacy: privacyReportSchema.optional(),
  profile: profileReportSchema.optional(),
  findings: z.array(findingSchema),
  /** What was not done, and why. */
  skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  /** What bounded the work. */
  plan: z.strictObject({
    seed: z.int().nonnegative(),
    /** Milliseconds. */
    budgetMs: z.number().positive(),
    /** Why it ended before it was done; left out where it was not. */
    stopped: z.string().optional(),
  }),
  environment: z.record(z.string(), z.string()),
  /** RFC 3339, UTC. */
  startedAt: z.string(),
  durationMs: z.number().nonnegative(),
})
/** How a model behaves under attack, corruption and questions: plain JSON. */
export type BehaviourReport = z.infer<typeof behaviourReportSchema>
