import {
  type Alert,
  alertEvents,
  type Clock,
  type EventBus,
  type Meter,
  measurements,
  NootropicError,
} from '@nootropic/core'
import { z } from 'zod'
import { type AlertRule, alertRuleSchema } from './alert-rule.ts'
import { type AlertState, nextAlertState, quiet } from './alerts.ts'
import { renderExposition } from './exposition.ts'
import { bucketEdge, type Histogram } from './histogram.ts'
import { metricFamilies } from './metric-families.ts'
import { type Frame, noObservations, observationsByModel, observationsWithin, statisticOf } from './observations.ts'
import { createRecorder } from './recorder.ts'

/** How many inferences took longer than `from` and at most `to`, in seconds. */
export interface LatencyBucket {
  readonly from: number
  /** `Infinity` in the last bucket there is. */
  readonly to: number
  readonly count: number
}

/** Takes measurements, judges them by its rules, and shows them. */
export interface Monitor extends Meter {
  /**
   * Judges every rule now, publishes `alertEvents.raised` and `.resolved` once an episode, and returns the alerts that
   * hold. Call it every second or so: what happens between two calls is seen, but not when it happened.
   */
  evaluate(): Promise<Alert[]>
  /** Everything measured, in Prometheus text 0.0.4. */
  exposition(): string
  /** How long the inferences of a model took since the start, from the fastest bucket to the slowest, without gaps. */
  latencyHistogram(model: string): LatencyBucket[]
  /** Stops listening to the bus. */
  close(): void
}

/** A rule that began or ceased to hold for a model. */
interface Change {
  readonly alert: Alert
  readonly isRaised: boolean
  readonly announced: Set<string>
  readonly states: ReadonlyMap<string, AlertState>
}

// A history keeps this many moments for the longest window, so a window is too long by a thirtieth of the longest, or by
// the time between two evaluations.
const framesInWindow = 30

// After these a model's next answers come from other bytes: no window may span them, and no alert outlive them.
const replacements: ReadonlySet<string> = new Set(['ai.nootropic.model.activated', 'ai.nootropic.model.rolled-back'])

const parseRules = (rules: readonly AlertRule[]): AlertRule[] => {
  const parsed = alertRuleSchema.array().safeParse(rules)
  if (!parsed.success) {
    throw new NootropicError('CONFIGURATION_INVALID', `expected alert rules, got:\n${z.prettifyError(parsed.error)}`)
  }
  const names = parsed.data.map(({ rule, model = 'any model' }) => `${rule} for ${model}`)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new NootropicError('CONFIGURATION_INVALID', `expected one alert rule of a name, got two: ${repeated}`)
  }
  return parsed.data
}

const occupiedBuckets = ({ counts }: Histogram): LatencyBucket[] => {
  const first = counts.findIndex((count) => count > 0)
  const last = counts.findLastIndex((count) => count > 0)
  return first < 0
    ? []
    : Array.from(counts.subarray(first, last + 1), (count, offset) => {
        const bucket = first + offset
        return { from: bucket === 0 ? 0 : bucketEdge(bucket - 1), to: bucketEdge(bucket), count }
      })
}

/**
 * A monitor that keeps everything in memory. It only publishes; who acts on an alert subscribes to the bus.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for a rule that cannot work.
 * @example
 * ```ts
 * const monitor = createMonitor({ clock: systemClock, bus, rules: alertRules(manifests) })
 * monitor.record({ ...measurements.inferenceDuration, value: 0.012, attributes: { model: 'digits', outcome: 'ok' } })
 * await monitor.evaluate() // []
 * ```
 */
export const createMonitor = (options: { clock: Clock; bus: EventBus; rules: readonly AlertRule[] }): Monitor => {
  const { clock, bus } = options
  const recorder = createRecorder()
  const judged = parseRules(options.rules).map((rule) => ({
    rule,
    states: new Map<string, AlertState>(),
    /** Models whose raised alert was published. */
    announced: new Set<string>(),
  }))
  // Frames by measurement and model.
  const histories = new Map<string, Map<string, Frame[]>>()
  for (const { rule } of judged) histories.set(rule.measurement, new Map())
  const longestWindowMs = Math.max(0, ...judged.map(({ rule }) => rule.windowMs))

  const origin: Frame = { atMs: clock.monotonicMs(), ...noObservations }

  const publish = async (type: string, alert: Alert): Promise<void> => {
    await bus.publish({ source: '/nootropic/monitoring', type, subject: alert.model, data: { ...alert } })
  }

  const observedNow = (measurement: string): Map<string, Frame> => {
    const instrument = recorder.instruments().find(({ name }) => name === measurement)
    const atMs = clock.monotonicMs()
    const observed = instrument === undefined ? [] : [...observationsByModel(instrument)]
    return new Map(observed.map(([model, observations]) => [model, { atMs, ...observations }]))
  }

  const remember = (history: Map<string, Frame[]>, model: string, frame: Frame): void => {
    const frames = history.get(model) ?? [origin]
    if (frame.atMs - (frames.at(-1) ?? origin).atMs >= longestWindowMs / framesInWindow) frames.push(frame)
    // The first frame stays while it is the only one old enough to begin the longest window.
    while (frames[1] !== undefined && frames[1].atMs <= frame.atMs - longestWindowMs) frames.shift()
    history.set(model, frames)
  }

  const forget = async (model: string): Promise<void> => {
    for (const [measurement, history] of histories) {
      const frame = observedNow(measurement).get(model)
      if (frame !== undefined) history.set(model, [frame])
    }
    const ended: Alert[] = []
    for (const { states, announced } of judged) {
      const state = states.get(model)
      states.delete(model)
      if (announced.delete(model) && state?.phase === 'raised') ended.push(state.alert)
    }
    for (const alert of ended) await publish(alertEvents.resolved, alert)
  }

  /** Takes every rule one step. Nothing waits in here, so no second call can see half of it. */
  const judge = (): { held: Alert[]; changes: Change[] } => {
    const now = { monotonicMs: clock.monotonicMs(), wall: clock.now().toISOString() }
    const held: Alert[] = []
    const changes: Change[] = []
    for (const [measurement, history] of histories) {
      const observed = observedNow(measurement)
      for (const { rule, states, announced } of judged) {
        if (rule.measurement !== measurement) continue
        for (const [model, frame] of observed) {
          if (rule.model !== undefined && rule.model !== model) continue
          const value = statisticOf(observationsWithin(history.get(model) ?? [origin], frame, rule.windowMs), rule)
          const before = states.get(model) ?? quiet
          const after = nextAlertState(before, rule, model, value, now)
          states.set(model, after)
          if (after.phase === 'raised') held.push(after.alert)
          if (after.phase === 'raised' && before.phase !== 'raised') {
            changes.push({ alert: after.alert, isRaised: true, announced, states })
          }
          if (after.phase === 'quiet' && before.phase === 'raised') {
            changes.push({ alert: before.alert, isRaised: false, announced, states })
          }
        }
      }
      for (const [model, frame] of observed) remember(history, model, frame)
    }
    return { held, changes }
  }

  const unsubscribe = bus.subscribe('ai.nootropic.model.', async ({ type, subject }) => {
    if (subject !== undefined && replacements.has(type)) await forget(subject)
  })

  return {
    record: recorder.record,
    async evaluate() {
      const { held, changes } = judge()
      for (const { alert, isRaised, announced, states } of changes) {
        // Who answered the first alert may have replaced the model: then the next one, about what is gone, stays unsaid.
        if (isRaised && states.get(alert.model)?.phase === 'raised') {
          announced.add(alert.model)
          await publish(alertEvents.raised, alert)
        }
        if (!isRaised && announced.delete(alert.model)) await publish(alertEvents.resolved, alert)
      }
      return held
    },
    exposition: () => renderExposition(metricFamilies(recorder)),
    latencyHistogram(model) {
      const frame = observedNow(measurements.inferenceDuration.name).get(model)
      return frame === undefined ? [] : occupiedBuckets(frame.values)
    },
    close: () => unsubscribe(),
  }
}
