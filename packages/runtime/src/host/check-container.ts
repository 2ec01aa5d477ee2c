import { type Finding, NootropicError } from '@nootropic/core'
import { containerRules } from './container-rules.ts'
import type { HostFacts } from './host-facts.ts'

// Names every rule has its reason in: NIST SP 800-190 sections 4.4 and 4.5, and the Pod Security Standards.
const references = [
  'https://doi.org/10.6028/NIST.SP.800-190',
  'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
]

/**
 * What is wrong with the container that this process is in; nothing where it is in none.
 *
 * `critical` is what makes a sandbox in it a pretence: who breaks out of it has the whole machine, not a container.
 *
 * @example
 * ```ts
 * checkContainer(readHostFacts()).map(({ rule, remediation }) => `${rule}: ${remediation}`)
 * ```
 */
export const checkContainer = (facts: HostFacts): Finding[] => {
  const { container } = facts
  if (container === undefined) return []
  return containerRules.flatMap(({ rule, severity, title, expected, found, remediation, path, tags }) => {
    const what = found(facts)
    if (what === undefined) return []
    return [
      {
        ...{ rule, severity, title, message: `expected ${expected}, found ${what}` },
        location: { path },
        evidence: { container },
        ...{ remediation, references, tags: [...tags] },
      },
    ]
  })
}

/**
 * Verifies that a sandbox in this container is none in name only. What is left to mend, and is no reason to start nothing,
 * is returned.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE` with `details.findings`, for what is critical
 */
export const verifyContainer = (facts: HostFacts): Finding[] => {
  const findings = checkContainer(facts)
  const critical = findings.filter(({ severity }) => severity === 'critical')
  if (critical.length === 0) return findings
  // Callers, events and the audit log get this sentence: where the machine keeps what is for the details alone (CWE-209).
  const reasons = critical.map(({ rule, remediation }) => `${rule}: ${remediation}`).join('. ')
  throw new NootropicError(
    'ISOLATION_UNAVAILABLE',
    `expected a container (${facts.container}) that a sandbox can hold in, found what leads past it. ${reasons}`,
    { details: { findings: critical } },
  )
}
