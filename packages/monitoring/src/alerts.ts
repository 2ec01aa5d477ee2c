import type { Alert } from '@nootropic/core'
import type { AlertRule } from './alert-rule.ts'

/** Where a rule stands for one model. */
export type AlertState =
  | { readonly phase: 'quiet' }
  | { readonly phase: 'pending'; readonly sinceMs: number; readonly since: string }
  | { readonly phase: 'raised'; readonly alert: Alert; readonly clearSinceMs: number | undefined }

/** A moment on both clocks: the monotonic one decides, the wall clock is for the reader. */
export interface Moment {
  readonly monotonicMs: number
  /** RFC 3339. */
  readonly wall: string
}

// A raised alert is resolved only below 90 % of its threshold, so that a value at the threshold does not flap.
const clearShare = 0.9

const statisticNames: Readonly<Record<AlertRule['statistic'], string>> = {
  p50: 'median of',
  p95: '95th percentile of',
  p99: '99th percentile of',
  mean: 'mean of',
  'error-ratio': 'share of faults in',
}

const describe = (value: number, unit: string): string =>
  `${Number(value.toPrecision(3))}${unit === '1' ? '' : ` ${unit}`}`

const alertOf = (rule: AlertRule, model: string, value: number, since: string): Alert => ({
  rule: rule.rule,
  severity: rule.severity,
  model,
  value,
  threshold: rule.threshold,
  unit: rule.unit,
  message:
    `${model}: the ${statisticNames[rule.statistic]} ${rule.measurement} over ${rule.windowMs / 1000} s is ` +
    `${describe(value, rule.unit)}, above ${describe(rule.threshold, rule.unit)}`,
  since,
})

/** Where every rule begins. */
export const quiet: AlertState = { phase: 'quiet' }

/**
 * One step of a rule for one model. The condition must hold without a gap for `forMs` to raise an alert, and the value
 * must stay at or under 90 % of the threshold for `forMs` to resolve it.
 *
 * Missing data (`value` undefined) is neither: it raises nothing, since nothing was seen to break, and it resolves
 * nothing, since nothing was seen to be well. A pending condition starts anew after it.
 */
export const nextAlertState = (
  state: AlertState,
  rule: AlertRule,
  model: string,
  value: number | undefined,
  now: Moment,
): AlertState => {
  if (state.phase === 'raised') {
    if (value === undefined) return { ...state, clearSinceMs: undefined }
    const alert = alertOf(rule, model, value, state.alert.since)
    if (value > rule.threshold * clearShare) return { phase: 'raised', alert, clearSinceMs: undefined }
    const clearSinceMs = state.clearSinceMs ?? now.monotonicMs
    return now.monotonicMs - clearSinceMs >= rule.forMs ? quiet : { phase: 'raised', alert, clearSinceMs }
  }
  if (value === undefined || value <= rule.threshold) return quiet
  const { sinceMs, since } = state.phase === 'pending' ? state : { sinceMs: now.monotonicMs, since: now.wall }
  return now.monotonicMs - sinceMs >= rule.forMs
    ? { phase: 'raised', alert: alertOf(rule, model, value, since), clearSinceMs: undefined }
    : { phase: 'pending', sinceMs, since }
}
