import { type Finding, isAtLeast, type Severity, type Verdict } from '@nootropic/core'
import type { IsolationReport } from '../sandbox/isolation.ts'
import type { HostFacts } from './host-facts.ts'

/** One thing that was looked at. */
export interface HostCheck {
  /** Such as `isolation` or `secrets`. */
  readonly name: string
  readonly verdict: Verdict
  /** What was found, as the rest of a sentence that begins with the name. */
  readonly summary: string
  readonly findings: readonly Finding[]
}

/** What is known of a host, and whether models may be trusted to it. */
export interface HostReport {
  readonly verdict: Verdict
  readonly checks: readonly HostCheck[]
  readonly facts: HostFacts
  /** What was proved; undefined where it was not asked for, or could not be. */
  readonly isolation: IsolationReport | undefined
}

/** The least severity that fails a host; what is below is told. */
const failing: Severity = 'medium'

/** A check that came to an end. */
export const concludeCheck = (name: string, summary: string, findings: readonly Finding[]): HostCheck => ({
  name,
  verdict: findings.some(({ severity }) => isAtLeast(severity, failing)) ? 'fail' : 'pass',
  summary,
  findings,
})

/** A finding of a host, with what most of them have in common. */
export const hostFinding = (
  finding: Pick<Finding, 'rule' | 'severity' | 'title' | 'message' | 'remediation'> & {
    readonly path: string
    readonly tags: readonly string[]
    readonly evidence?: NonNullable<Finding['evidence']>
    readonly references?: readonly string[]
  },
): Finding => {
  const { path, tags, evidence, references = [], ...said } = finding
  return {
    ...said,
    location: { path },
    ...(evidence === undefined ? {} : { evidence }),
    references: [...references],
    tags: [...tags],
  }
}
