import {
  alertEvents,
  createEventBus,
  createManualClock,
  type Event,
  type ManualClock,
  measurements,
  systemRandom,
} from '@nootropic/core'
import { expect, test } from 'vitest'
import type { AlertRule } from '../src/alert-rule.ts'
import { createMonitor, type Monitor } from '../src/monitor.ts'

const errorRate: AlertRule = {
  rule: 'error-rate',
  measurement: measurements.inferenceDuration.name,
  statistic: 'error-ratio',
  threshold: 0.01,
  unit: '1',
  windowMs: 60_000,
  forMs: 0,
  minimumCount: 20,
  severity: 'high',
}
const latency: AlertRule = { ...errorRate, rule: 'latency', statistic: 'p95', threshold: 0.1, unit: 's' }

interface Scene {
  readonly clock: ManualClock
  readonly monitor: Monitor
  readonly alerts: Event[]
  readonly publishModelEvent: (type: string, model: string) => Promise<unknown>
  readonly onRaised: (act: () => Promise<unknown>) => () => void
  readonly infer: (count: number, options?: { model?: string; outcome?: string; seconds?: number }) => void
}

const openScene = (rules: readonly AlertRule[]): Scene => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const onError = (error: unknown): never => {
    throw error
  }
  const bus = createEventBus({ clock, random: systemRandom, onError })
  const alerts: Event[] = []
  bus.subscribe('ai.nootropic.alert.', (event) => {
    alerts.push(event)
  })
  const monitor = createMonitor({ clock, bus, rules })
  return {
    clock,
    monitor,
    alerts,
    publishModelEvent: (type, model) => bus.publish({ source: '/nootropic/runtime', type, subject: model, data: {} }),
    onRaised: (act) =>
      bus.subscribe(alertEvents.raised, async () => {
        await act()
      }),
    infer: (count, { model = 'digits', outcome = 'ok', seconds = 0.01 } = {}) => {
      for (let index = 0; index < count; index += 1) {
        monitor.record({ ...measurements.inferenceDuration, value: seconds, attributes: { model, outcome } })
      }
    },
  }
}

test('a burst of faults raises one alert an episode, for its model only', async () => {
  const { monitor, clock, alerts, infer } = openScene([errorRate])
  infer(100)
  infer(100, { model: 'letters' })
  expect(await monitor.evaluate()).toEqual([])
  for (let second = 0; second < 10; second += 1) {
    clock.advance(1000)
    infer(5, { outcome: 'WORKER_FAILED' })
    expect(await monitor.evaluate()).toHaveLength(1)
  }
  expect(alerts.map(({ type, subject }) => [type, subject])).toEqual([[alertEvents.raised, 'digits']])
  expect(alerts[0]?.data).toMatchObject({ rule: 'error-rate', severity: 'high', model: 'digits', threshold: 0.01 })
  for (let second = 0; second < 70; second += 1) {
    clock.advance(1000)
    infer(5)
    await monitor.evaluate()
  }
  expect(alerts.map(({ type }) => type)).toEqual([alertEvents.raised, alertEvents.resolved])
  infer(100, { outcome: 'OUTPUT_INVALID' })
  await monitor.evaluate()
  expect(alerts.map(({ type }) => type).at(-1)).toBe(alertEvents.raised)
})

test('callers cannot raise an alert against a model by being refused', async () => {
  const { monitor, alerts, infer } = openScene([errorRate, latency])
  infer(100)
  for (const outcome of ['CREDENTIAL_INVALID', 'ACCESS_DENIED', 'INPUT_INVALID', 'MODEL_SUSPENDED', 'ABORTED']) {
    infer(1000, { outcome, seconds: 5 })
  }
  await monitor.evaluate()
  expect(alerts).toEqual([])
})

test('an outcome that nobody knows counts as a fault', async () => {
  const { monitor, infer } = openScene([errorRate])
  infer(20, { outcome: 'SOMETHING_NEW' })
  expect((await monitor.evaluate()).map(({ value }) => value)).toEqual([1])
})

test('slow answers raise the latency alert, and fast refusals do not hide them', async () => {
  const { monitor, infer } = openScene([latency])
  infer(90, { seconds: 0.02 })
  infer(10, { seconds: 0.3 })
  infer(10_000, { outcome: 'ACCESS_DENIED', seconds: 0.0001 })
  const [alert] = await monitor.evaluate()
  expect(alert?.rule).toBe('latency')
  expect(Math.abs((alert?.value ?? 0) / 0.3 - 1)).toBeLessThan(0.044)
})

test('too few observations are no data, and a silent model neither resolves nor raises', async () => {
  const { monitor, clock, alerts, infer } = openScene([errorRate])
  infer(19, { outcome: 'WORKER_FAILED' })
  expect(await monitor.evaluate()).toEqual([])
  clock.advance(1000)
  infer(1, { outcome: 'WORKER_FAILED' })
  expect(await monitor.evaluate()).toHaveLength(1)
  for (let minute = 0; minute < 60; minute += 1) {
    clock.advance(60_000)
    expect(await monitor.evaluate()).toHaveLength(1)
  }
  expect(alerts).toHaveLength(1)
})

test('what is older than the window does not count', async () => {
  const { monitor, clock, infer } = openScene([errorRate])
  infer(1000)
  for (let second = 0; second < 65; second += 1) {
    clock.advance(1000)
    await monitor.evaluate()
  }
  infer(19)
  infer(1, { outcome: 'WORKER_FAILED' })
  expect((await monitor.evaluate()).map(({ value }) => value)).toEqual([0.05])
})

test('a wall clock that steps back changes no decision', async () => {
  const { monitor, clock, alerts, infer } = openScene([{ ...errorRate, forMs: 5000 }])
  const realNow = clock.now
  infer(20, { outcome: 'WORKER_FAILED' })
  await monitor.evaluate()
  Object.assign(clock, { now: () => new Date(realNow().getTime() - 86_400_000) })
  clock.advance(4999)
  await monitor.evaluate()
  expect(alerts).toEqual([])
  clock.advance(1)
  await monitor.evaluate()
  expect(alerts).toHaveLength(1)
})

test('an alert ends with the version it was about, and the next version is judged by its own data', async () => {
  const { monitor, clock, alerts, infer, publishModelEvent } = openScene([errorRate])
  infer(100, { outcome: 'OUTPUT_INVALID' })
  await monitor.evaluate()
  await publishModelEvent('ai.nootropic.model.rolled-back', 'digits')
  expect(alerts.map(({ type }) => type)).toEqual([alertEvents.raised, alertEvents.resolved])
  clock.advance(1000)
  infer(20)
  expect(await monitor.evaluate()).toEqual([])
  clock.advance(1000)
  infer(20, { outcome: 'OUTPUT_INVALID' })
  expect((await monitor.evaluate()).map(({ value }) => value)).toEqual([0.5])
  expect(alerts.map(({ type }) => type).at(-1)).toBe(alertEvents.raised)
  monitor.close()
  await publishModelEvent('ai.nootropic.model.rolled-back', 'digits')
  expect(alerts).toHaveLength(3)
})

test('when the answer to one alert replaces the model, the other alert about it is not raised any more', async () => {
  const scene = openScene([errorRate, latency])
  scene.infer(100, { outcome: 'OUTPUT_INVALID', seconds: 3 })
  scene.onRaised(() => scene.publishModelEvent('ai.nootropic.model.rolled-back', 'digits'))
  await scene.monitor.evaluate()
  expect(scene.alerts.map(({ type, data }) => [type, data.rule])).toEqual([
    [alertEvents.raised, 'error-rate'],
    [alertEvents.resolved, 'error-rate'],
  ])
})

test('a slow subscriber does not have the same episode raised twice', async () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const onError = (error: unknown): never => {
    throw error
  }
  const bus = createEventBus({ clock, random: systemRandom, onError })
  let raised = 0
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  bus.subscribe(alertEvents.raised, () => {
    raised += 1
    return released
  })
  const monitor = createMonitor({ clock, bus, rules: [errorRate] })
  for (let index = 0; index < 20; index += 1) {
    monitor.record({
      ...measurements.inferenceDuration,
      value: 0.01,
      attributes: { model: 'digits', outcome: 'INTERNAL' },
    })
  }
  const first = monitor.evaluate()
  await monitor.evaluate()
  release()
  await first
  expect(raised).toBe(1)
})

test('a rule that cannot work is refused when the monitor is made', () => {
  expect(() => openScene([{ ...latency, threshold: Number.NaN }])).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
  )
  expect(() => openScene([latency, latency])).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }))
})

test('the latency histogram of a model has no gap and counts every answer', () => {
  const { monitor, infer } = openScene([])
  infer(3, { seconds: 0.001 })
  infer(2, { seconds: 0.004 })
  infer(7, { outcome: 'ACCESS_DENIED' })
  infer(7, { model: 'letters' })
  const buckets = monitor.latencyHistogram('digits')
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(5)
  expect(buckets.slice(1).every(({ from }, index) => from === buckets[index]?.to)).toBe(true)
  expect(monitor.latencyHistogram('unknown')).toEqual([])
})

test('the exposition shows what was recorded', () => {
  const { monitor, infer } = openScene([])
  infer(3)
  expect(monitor.exposition()).toContain('nootropic_inferences_total{model="digits",outcome="ok"} 3\n')
})

test('faults before the model was known raise no alert on what no model is called', async () => {
  const { monitor, infer } = openScene([errorRate])
  infer(40, { model: '(none)', outcome: 'STORAGE_FAILED' })
  expect(await monitor.evaluate()).toEqual([])
  expect(monitor.exposition()).toContain('{model="(none)",outcome="STORAGE_FAILED"} 40')
})
