import type { Finding } from '@nootropic/core'
import type { Subject } from './subject.ts'

/** A finding about what a model does when it runs. */
export const behaviourFinding = (
  { path }: Subject,
  finding: Pick<Finding, 'rule' | 'severity' | 'title' | 'message' | 'remediation' | 'tags'>,
): Finding => ({ ...finding, location: { path }, references: [] })
