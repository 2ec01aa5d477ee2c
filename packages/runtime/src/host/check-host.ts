import { homedir, tmpdir } from 'node:os'
import { type Clock, combineVerdicts, systemClock } from '@nootropic/core'
import type { IsolationLayer, IsolationLevel, IsolationReport } from '../sandbox/isolation.ts'
import { checkContainer } from './check-container.ts'
import { checkIsolation } from './check-isolation.ts'
import { checkMachine, checkMemory } from './check-machine.ts'
import { checkClock, checkNode, checkTelemetry } from './check-program.ts'
import { checkSecrets, type GuardedPlaces } from './check-secrets.ts'
import type { HostFacts } from './host-facts.ts'
import { hostFiles } from './host-files.ts'
import { concludeCheck, type HostCheck, type HostReport, hostFinding } from './host-report.ts'
import { readHostFacts } from './read-host-facts.ts'

/** What of a host is checked: the values of `security` in the manifest SystemSecurity. */
export type HostScope = 'local' | 'isolation'

/** How a host is watched: `local` is checked again while models run, `audit` is kept in the audit log. */
export type HostMonitoring = 'local' | 'audit'

/** How to check a host. */
export interface HostCheckOptions {
  /** Starts a worker and says what was proved: `sandbox.probe`. */
  readonly probe: () => Promise<IsolationReport>
  /** What `probe` requires. Less, or `none`, fails the host. */
  readonly required?: IsolationLevel
  /** Layers that `probe` does not require. */
  readonly waive?: readonly IsolationLayer[]
  readonly places: GuardedPlaces
  /** Everything when nothing is said. */
  readonly scope?: readonly HostScope[]
  /** How the host is watched while models run: the values of `monitoring` in the manifest; unchecked when nothing is said. */
  readonly monitoring?: readonly HostMonitoring[]
  readonly facts?: HostFacts
  readonly clock?: Clock
}

const containerCheck = (facts: HostFacts): HostCheck =>
  concludeCheck('container', facts.container ?? 'none', checkContainer(facts))

const monitoringNames = { local: 'that it is checked again while models run', audit: 'that what is found is audited' }

const monitoringCheck = (monitoring: readonly HostMonitoring[]): HostCheck => {
  const missing = (['local', 'audit'] as const).filter((type) => !monitoring.includes(type))
  const findings = missing.map((type) =>
    hostFinding({
      rule: `host/monitoring-${type}`,
      severity: 'low',
      title: 'The host is not watched as it could be',
      message: `expected ${monitoringNames[type]}, found "type: ${type}" missing under monitoring`,
      remediation: `add "- type: ${type}" under spec.monitoring of the manifest SystemSecurity`,
      path: 'SystemSecurity',
      tags: ['CWE-778'],
    }),
  )
  return concludeCheck('monitoring', monitoring.join(', ') || 'off', findings)
}

const localChecks = (facts: HostFacts, places: GuardedPlaces, now: Date): HostCheck[] => [
  checkSecrets(places, facts.platform),
  checkTelemetry({
    ...{ files: hostFiles, environment: process.env, process: process.pid },
    ...{ temporaryDirectory: tmpdir(), userDirectory: homedir() },
  }),
  checkMemory(facts),
  checkMachine(facts),
  checkNode(process.versions.node, now),
  checkClock(now),
]

/**
 * Checks the host that models run on: isolation is there and proved, no secret is open to others, nothing is sent, and
 * what is in memory stays there.
 *
 * A verdict of `fail` comes of findings that are `medium` or worse; what could not be checked is `incomplete`.
 *
 * @example
 * ```ts
 * const sandbox = createSandbox({ require: 'standard' })
 * const { verdict, checks } = await checkHost({ probe: sandbox.probe, places: { home: '/home/ada/.nootropic' } })
 * checks.flatMap(({ findings }) => findings).map(({ message, remediation }) => `${message}; ${remediation}`)
 * ```
 */
export const checkHost = async ({
  probe,
  required = 'standard',
  waive,
  places,
  scope = ['local', 'isolation'],
  monitoring,
  facts = readHostFacts(),
  clock = systemClock,
}: HostCheckOptions): Promise<HostReport> => {
  const proved = scope.includes('isolation') ? await checkIsolation(probe, required, waive) : undefined
  const checks = [
    ...(proved === undefined ? [] : [proved.check, containerCheck(facts)]),
    ...(scope.includes('local') ? localChecks(facts, places, clock.now()) : []),
    ...(monitoring === undefined ? [] : [monitoringCheck(monitoring)]),
  ]
  const verdict = combineVerdicts(checks.map((check) => check.verdict))
  return { verdict, checks, facts, isolation: proved?.isolation }
}
