import { type Clock, combineVerdicts, type Digest, type Report, systemClock, type Verdict } from '@nootropic/core'
import { blockFrom, type SeverityReactions, verdictOfReactions } from '../reactions.ts'
import type { ContentScan } from './inspect.ts'

/** Medium and above fail a file unless the caller says otherwise: a sound exporter writes nothing of the kind. */
export const defaultScanReactions: SeverityReactions = blockFrom('medium')

/** The verdict over one content. */
export const verdictOfScan = ({ findings, incomplete }: ContentScan, reactions: SeverityReactions): Verdict =>
  combineVerdicts([verdictOfReactions(findings, reactions), incomplete === undefined ? 'pass' : 'incomplete'])

/** The report over one file, of one stage. */
export const reportOfScan = (
  scan: ContentScan,
  subject: { readonly path: string; readonly digest: Digest },
  options: {
    readonly reactions: SeverityReactions
    readonly clock: Clock
    readonly startedAt: string
    readonly startedMs: number
  },
): Report => {
  const verdict = verdictOfScan(scan, options.reactions)
  const durationMs = Math.max(0, options.clock.monotonicMs() - options.startedMs)
  return {
    subject: { path: subject.path, digest: subject.digest, format: scan.format },
    verdict,
    scores: {},
    findings: [...scan.findings],
    stages: [
      {
        name: 'vulnerability-scan',
        verdict,
        durationMs,
        measurements: { findings: scan.findings.length },
        ...(scan.incomplete === undefined ? {} : { note: scan.incomplete }),
      },
    ],
    skipped: [],
    environment: { node: process.version },
    startedAt: options.startedAt,
    durationMs,
  }
}

/** The report over a file that nothing could be found out about. */
export const unreadReport = (
  subject: { readonly path: string; readonly format: string; readonly digest: Digest },
  reason: string,
  options: { readonly clock?: Clock | undefined },
): Report => {
  const clock = options.clock ?? systemClock
  const time = { clock, startedAt: clock.now().toISOString(), startedMs: clock.monotonicMs() }
  const scan = { format: subject.format, findings: [], incomplete: reason }
  return reportOfScan(scan, subject, { ...time, reactions: defaultScanReactions })
}
