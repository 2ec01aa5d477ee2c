import { measurements } from '@nootropic/core'
import type { InferenceMonitoring, ManifestSet } from '@nootropic/core/manifest'
import type { AlertRule } from './alert-rule.ts'

/** How the thresholds of manifests are judged: the manifests themselves say nothing of time or counts. */
export type AlertTiming = Pick<AlertRule, 'windowMs' | 'forMs' | 'minimumCount'>

// A minute is long enough for a percentile of a local model's calls and short enough to act on; ten seconds let a single
// slow second pass.
const defaultTiming: AlertTiming = { windowMs: 60_000, forMs: 10_000, minimumCount: 20 }

type ManifestAlert = NonNullable<InferenceMonitoring['spec']['alerts']>[number]

const strictest = <Type extends ManifestAlert['type']>(
  alerts: readonly ManifestAlert[],
  type: Type,
): ManifestAlert | undefined =>
  alerts.filter((alert) => alert.type === type).toSorted((left, right) => left.threshold - right.threshold)[0]

/**
 * The rules that the manifests ask for: `latency` and `error-rate` of `InferenceMonitoring`, the strictest where several
 * manifests say one, and `policy-latency` and `policy-error-rate` of the policy. The policy's switches
 * `performanceMonitoring.metrics.latency`, `.errorRate` and `.alerts.thresholdBreach` take the rules away that they name.
 *
 * @example
 * ```ts
 * const monitor = createMonitor({ clock, bus, rules: alertRules(await readManifests('./security/models')) })
 * ```
 */
export const alertRules = (
  { manifests, policy }: Pick<ManifestSet, 'manifests' | 'policy'>,
  timing: AlertTiming = defaultTiming,
): AlertRule[] => {
  const { metrics, thresholds, alerts } = policy.spec.performanceMonitoring
  const asked = manifests.flatMap((manifest) =>
    manifest.kind === 'InferenceMonitoring' ? (manifest.spec.alerts ?? []) : [],
  )
  const measurement = measurements.inferenceDuration.name
  const latency = { ...timing, measurement, statistic: 'p95', unit: 's' } as const
  const errorRate = { ...timing, measurement, statistic: 'error-ratio', unit: '1' } as const
  const rules: AlertRule[] = []
  if (!alerts.thresholdBreach) return rules
  if (metrics.latency) {
    const alert = strictest(asked, 'latency')
    if (alert !== undefined) {
      rules.push({ ...latency, rule: 'latency', threshold: alert.threshold / 1000, severity: alert.severity })
    }
    rules.push({ ...latency, rule: 'policy-latency', threshold: thresholds.maxLatency / 1000, severity: 'high' })
  }
  if (metrics.errorRate) {
    const alert = strictest(asked, 'error_rate')
    if (alert !== undefined) {
      rules.push({ ...errorRate, rule: 'error-rate', threshold: alert.threshold, severity: alert.severity })
    }
    rules.push({ ...errorRate, rule: 'policy-error-rate', threshold: thresholds.errorRate, severity: 'high' })
  }
  return rules
}
