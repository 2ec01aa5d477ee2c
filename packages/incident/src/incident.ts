import { alertSchema, jsonSchema, modelRefSchema, severitySchema, verdictSchema } from '@nootropic/core'
import { z } from 'zod'
import { incidentStates } from './lifecycle.ts'

// What a person writes is kept for good and shown whole (CWE-770).
const writtenSchema = z.string().trim().min(1).max(10_000)

/** The schema of {@link ClosingNote}. */
export const closingNoteSchema = z.strictObject({
  /** Who closes it: `<type>:<id>`. */
  author: z.string().trim().min(1).max(200),
  rootCause: writtenSchema,
  lessons: writtenSchema,
})
/** What a person says to close an incident. */
export type ClosingNote = z.infer<typeof closingNoteSchema>

/** The schema of {@link Incident}. */
export const incidentSchema = z.strictObject({
  id: z.string().min(1),
  model: z.string(),
  state: z.enum(incidentStates),
  /** The worst of its alerts. */
  severity: severitySchema,
  /** The alert that opened it. */
  alert: alertSchema,
  /** The version that served when it was contained. */
  affected: modelRefSchema.optional(),
  /** The version that was rolled back to. */
  restored: modelRefSchema.optional(),
  verification: verdictSchema.optional(),
  /** RFC 3339: when the restored version began to serve. */
  resumedAt: z.string().optional(),
  /** Alerts after the restored version served. */
  recurrences: z.number().int().nonnegative(),
  /** Why it failed, or what could not be done yet. */
  reason: z.string().optional(),
  openedAt: z.string(),
  closing: closingNoteSchema.optional(),
})
/** One time that something went wrong with one model. */
export type Incident = z.infer<typeof incidentSchema>

/** The schema of {@link TimelineEntry}. */
export const timelineEntrySchema = z.strictObject({
  sequence: z.number().int().nonnegative(),
  /** RFC 3339. */
  at: z.string(),
  kind: z.enum(['opened', 'alert', 'resolved', 'started', 'done', 'not-done', 'closed']),
  /** The state after it. */
  state: z.enum(incidentStates),
  data: z.record(z.string(), jsonSchema),
})
/** Something that happened to an incident, in the order in which it was put on disk. */
export type TimelineEntry = z.infer<typeof timelineEntrySchema>
