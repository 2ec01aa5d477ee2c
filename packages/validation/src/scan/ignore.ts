import { type Clock, digestSchema, NootropicError, type Report } from '@nootropic/core'
import { parse } from 'yaml'
import { z } from 'zod'
import type { SeverityReactions } from '../reactions.ts'
import { verdictOfScan } from './report.ts'

const ignoreSchema = z.strictObject({
  /** The rule whose findings are left out. */
  rule: z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)+$/, 'expected the id of a rule, such as pickle/unknown-global'),
  /** The one file that was reviewed: a changed file is a file that nobody reviewed. */
  digest: digestSchema,
  /** Who looked, and why it does no harm. */
  reason: z.string().min(1, 'expected who looked at it, and why it does no harm'),
  /** The last day on which it counts, `2027-01-31`. */
  expires: z.iso.date(),
})

/** A finding that somebody reviewed and answers for, until a day. */
export type Ignore = z.infer<typeof ignoreSchema>

const ignoreFileSchema = z.strictObject({ ignore: z.array(ignoreSchema).max(10_000) })

/** An ignore file is written by hand (CWE-770). */
const maximumLength = 2 ** 20

/**
 * Reads an ignore file: YAML with a list `ignore`, each entry with `rule`, `digest`, `reason` and `expires`.
 *
 * @param path the file, as a message shall name it.
 * @throws NootropicError `CONFIGURATION_INVALID`
 * @example
 * ```ts
 * const ignores = parseIgnoreFile(await readFile('ignore.yaml', 'utf8'), 'ignore.yaml')
 * const reports = await scanPath('./models', { ignores })
 * ```
 */
export const parseIgnoreFile = (text: string, path: string): Ignore[] => {
  const invalid = (found: string, cause?: unknown): NootropicError =>
    new NootropicError(
      'CONFIGURATION_INVALID',
      `expected ${path} to be a list \`ignore\` of rule, digest, reason and expires; found ${found}`,
      { cause },
    )
  if (text.length > maximumLength) throw invalid(`${text.length} characters, above ${maximumLength}`)
  let document: unknown
  try {
    // An alias can make a small file large (CWE-776); nobody writes one here.
    document = parse(text, { maxAliasCount: 0 })
  } catch (error) {
    throw invalid((error as Error).message.split('\n')[0] ?? 'no YAML', error)
  }
  const parsed = ignoreFileSchema.safeParse(document)
  if (parsed.success) return parsed.data.ignore
  const [issue] = parsed.error.issues
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'something else'}`, parsed.error)
}

/**
 * Leaves the findings out that were reviewed: they move to `skipped`, with who answers for them, and the verdict follows
 * from what is left. An entry that has expired leaves nothing out, and says so.
 */
export const applyIgnores = (
  report: Report,
  ignores: readonly Ignore[],
  options: { readonly clock: Clock; readonly reactions: SeverityReactions },
): Report => {
  const today = options.clock.now().toISOString().slice(0, 10)
  const ofFile = ignores.filter(
    ({ rule, digest }) => digest === report.subject.digest && report.findings.some((finding) => finding.rule === rule),
  )
  if (ofFile.length === 0) return report
  const valid = ofFile.filter(({ expires }) => expires >= today)
  const findings = report.findings.filter((finding) => !valid.some(({ rule }) => rule === finding.rule))
  const stage = report.stages[0]
  const verdict = verdictOfScan(
    { format: report.subject.format, findings, ...(stage?.note === undefined ? {} : { incomplete: stage.note }) },
    options.reactions,
  )
  return {
    ...report,
    verdict,
    findings,
    stages: stage === undefined ? [] : [{ ...stage, verdict, measurements: { findings: findings.length } }],
    skipped: [
      ...report.skipped,
      ...ofFile.map(({ rule, reason, expires }) => ({
        name: rule,
        reason:
          expires < today
            ? `not left out any more, expired on ${expires}: ${reason}`
            : `left out until ${expires}: ${reason}`,
      })),
    ],
  }
}
