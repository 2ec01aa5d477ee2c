import { z } from 'zod'
import { jsonSchema } from './json.ts'

/** Severities, the worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const

/** The schema of {@link Severity}. */
export const severitySchema = z.enum(severities)
/** How bad a finding is. */
export type Severity = z.infer<typeof severitySchema>

/** The schema of {@link Location}. */
export const locationSchema = z.strictObject({
  /** The file as the caller named it, with `/` between parts. */
  path: z.string(),
  /** Byte offset in the file. */
  offset: z.number().int().nonnegative().optional(),
  /** Where inside the file: a node of the graph, an entry of an archive, a manifest path. */
  inside: z.string().optional(),
})
/** Where a finding stands. */
export type Location = z.infer<typeof locationSchema>

/** The schema of {@link Finding}. */
export const findingSchema = z.strictObject({
  /** Stable id, `<room>/<rule>`, e.g. `onnx/external-data-escapes`. */
  rule: z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)+$/),
  severity: severitySchema,
  title: z.string(),
  /** What was expected and what was found. */
  message: z.string(),
  location: locationSchema,
  /** The bytes, names or numbers that prove it; JSON values only. */
  evidence: z.record(z.string(), jsonSchema).optional(),
  remediation: z.string(),
  /** Addresses of standards, papers or advisories. */
  references: z.array(z.string()),
  /** `CWE-…`, `CVE-…`, MITRE ATLAS `AML.T…`. */
  tags: z.array(z.string()),
})
/** One thing that a check found. A check returns `Finding[]`, never a boolean. */
export type Finding = z.infer<typeof findingSchema>

/** Whether `severity` is at least as bad as `threshold`. */
export const isAtLeast = (severity: Severity, threshold: Severity): boolean =>
  severities.indexOf(severity) <= severities.indexOf(threshold)

/**
 * How many findings there are of each severity.
 *
 * @example
 * ```ts
 * countBySeverity([]) // { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
 * ```
 */
export const countBySeverity = (findings: readonly Finding[]): Record<Severity, number> => {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 }
  for (const finding of findings) counts[finding.severity] += 1
  return counts
}
