import { spawnSync } from 'node:child_process'
import { createEventBus, createManualClock, measurements, systemRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createMonitor } from '../src/monitor.ts'
import { createResourceSampler } from '../src/resources.ts'

const checkMetrics = (text: string): { status: number | null; output: string } => {
  const result = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  if (result.error !== undefined) {
    throw new Error('promtool is not installed, so nothing was checked. Install it: apt-get install -y prometheus')
  }
  return { status: result.status, output: result.stdout + result.stderr }
}

test('Prometheus itself finds nothing to say against the exposition, whatever the names hold', () => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const onError = (error: unknown): never => {
    throw error
  }
  const monitor = createMonitor({ clock, bus: createEventBus({ clock, random: systemRandom, onError }), rules: [] })
  const models = [
    'digits',
    'quote"',
    'back\\slash',
    'line\nfeed',
    '# TYPE x counter',
    'ünïcödé 🙂',
    '\ud800',
    '',
    '\u0000',
  ]
  for (const model of models) {
    for (const outcome of ['ok', 'INPUT_INVALID']) {
      for (const value of [0, -0, 1e-9, 0.003, 0.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY]) {
        monitor.record({
          ...measurements.inferenceDuration,
          value,
          attributes: { model, outcome, le: '1', __name__: 'x' },
        })
      }
    }
    monitor.record({ ...measurements.workerMemory, value: 123_456_789, attributes: { model } })
  }
  for (let index = 0; index < 1200; index += 1) {
    monitor.record({ ...measurements.inferenceDuration, value: 0.01, attributes: { model: `flood-${index}` } })
  }
  const sample = createResourceSampler(clock)
  for (const measurement of sample()) monitor.record(measurement)
  clock.advance(1000)
  for (const measurement of sample()) monitor.record(measurement)
  expect(checkMetrics(monitor.exposition())).toEqual({ status: 0, output: '' })
})

test('the judge does judge: a repeated family, a wrong escape and a missing help are refused', () => {
  for (const text of [
    '# HELP a b\n# TYPE a gauge\na 1\n# TYPE a gauge\na 2\n',
    '# HELP a b\n# TYPE a gauge\na{b="\\x"} 1\n',
    'a 1\n',
  ]) {
    expect(checkMetrics(text).status, text).not.toBe(0)
  }
})
