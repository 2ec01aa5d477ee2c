import { type Finding, isAtLeast, type Severity, severities, type Verdict } from '@nootropic/core'

/** What follows from a finding. */
export type Reaction = 'block' | 'review' | 'warn' | 'ignore'

/** What follows from a finding of each severity. */
export type SeverityReactions = Readonly<Record<Severity, Reaction>>

/** The reactions of a ModelVulnerabilityScanning manifest that names none. */
export const defaultReactions: SeverityReactions = {
  critical: 'block',
  high: 'review',
  medium: 'warn',
  low: 'warn',
  info: 'ignore',
}

/** The verdict over findings: `block` fails, `review` waits for a person and so is incomplete. */
export const verdictOfReactions = (findings: readonly Finding[], reactions: SeverityReactions): Verdict => {
  const found = new Set(severities.filter((severity) => findings.some((finding) => finding.severity === severity)))
  const reacted = [...found].map((severity) => reactions[severity])
  if (reacted.includes('block')) return 'fail'
  return reacted.includes('review') ? 'incomplete' : 'pass'
}

/** Blocks from a severity on, and ignores what is below. */
export const blockFrom = (failOn: Severity): SeverityReactions =>
  Object.fromEntries(
    severities.map((severity) => [severity, isAtLeast(severity, failOn) ? 'block' : 'ignore']),
  ) as Record<Severity, Reaction>
