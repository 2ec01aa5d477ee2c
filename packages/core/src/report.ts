import { z } from 'zod'
import { digestSchema } from './digest.ts'
import { findingSchema } from './finding.ts'

/** The schema of {@link Verdict}. */
export const verdictSchema = z.enum(['pass', 'fail', 'incomplete'])
/** The answer of a check. What could not be checked is `incomplete`, never `pass`. */
export type Verdict = z.infer<typeof verdictSchema>

/**
 * The verdict of several: one `fail` fails all, else one `incomplete` leaves all incomplete. Of nothing it is
 * `incomplete`, because nothing was checked.
 */
export const combineVerdicts = (verdicts: readonly Verdict[]): Verdict => {
  if (verdicts.includes('fail')) return 'fail'
  return verdicts.length === 0 || verdicts.includes('incomplete') ? 'incomplete' : 'pass'
}

/** The schema of {@link Stage}. */
export const stageSchema = z.strictObject({
  name: z.string(),
  verdict: verdictSchema,
  durationMs: z.number().nonnegative(),
  /** Figures that the stage measured, by name, with the unit in the name (`latencyP95Ms`). */
  measurements: z.record(z.string(), z.number()),
  /** Why the stage is incomplete, or how it was limited. */
  note: z.string().optional(),
})
/** One stage of a validation. */
export type Stage = z.infer<typeof stageSchema>

/** The schema of {@link Score}. */
export const scoreSchema = z.strictObject({
  value: z.number().min(0).max(1),
  threshold: z.number().min(0).max(1),
  /** How the value came about, for a reader. */
  basis: z.string(),
})
/** A score in [0, 1] beside the threshold it must reach. */
export type Score = z.infer<typeof scoreSchema>

/** The schema of {@link Report}. */
export const reportSchema = z.strictObject({
  subject: z.strictObject({ path: z.string(), format: z.string(), digest: digestSchema }),
  verdict: verdictSchema,
  scores: z.record(z.string(), scoreSchema),
  findings: z.array(findingSchema),
  stages: z.array(stageSchema),
  /** What was not done, and why: a switch that is off, a layer that is missing. */
  skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  environment: z.record(z.string(), z.string()),
  /** RFC 3339, UTC. */
  startedAt: z.string(),
  durationMs: z.number().nonnegative(),
})
/** What a validation found: plain JSON. */
export type Report = z.infer<typeof reportSchema>
