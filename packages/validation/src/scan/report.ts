import {
  type Clock,
  combineVerdicts,
  type Digest,
  type Finding,
  isAtLeast,
  type Report,
  type Severity,
  type Verdict,
} from '@nootropic/core'
import type { FileFormat } from './format.ts'

/** Findings at least this bad make a scanned file fail: a sound exporter writes nothing of the kind. */
const failingSeverity: Severity = 'medium'

/** What looking at one file gave. */
export interface FileScan {
  readonly format: FileFormat
  readonly findings: readonly Finding[]
  /** Why not all of the file was looked at. */
  readonly incomplete?: string
}

/** The verdict over one file. */
const verdictOfScan = ({ findings, incomplete }: FileScan): Verdict => {
  const isBad = findings.some(({ severity }) => isAtLeast(severity, failingSeverity))
  return combineVerdicts([isBad ? 'fail' : 'pass', incomplete === undefined ? 'pass' : 'incomplete'])
}

/** The report over one file, of one stage. */
export const reportOfScan = (
  scan: FileScan,
  subject: { readonly path: string; readonly digest: Digest },
  time: { readonly clock: Clock; readonly startedAt: string; readonly startedMs: number },
): Report => {
  const verdict = verdictOfScan(scan)
  const durationMs = Math.max(0, time.clock.monotonicMs() - time.startedMs)
  return {
    subject: { ...subject, format: scan.format },
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
    startedAt: time.startedAt,
    durationMs,
  }
}
