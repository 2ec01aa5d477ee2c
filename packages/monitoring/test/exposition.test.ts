import { measurements } from '@nootropic/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderExposition } from '../src/exposition.ts'
import { metricFamilies } from '../src/metric-families.ts'
import { labelName, metricName } from '../src/metric-name.ts'
import { createRecorder } from '../src/recorder.ts'
import { parseExposition } from './exposition-parser.ts'

test('names and units are written as Prometheus writes them', () => {
  expect(metricName('nootropic.inference.duration', 's')).toBe('nootropic_inference_duration_seconds')
  expect(metricName('nootropic.worker.memory', 'By')).toBe('nootropic_worker_memory_bytes')
  expect(metricName('nootropic.worker.page_faults', '{fault}')).toBe('nootropic_worker_page_faults')
  expect(metricName('process.cpu.utilization', '1')).toBe('process_cpu_utilization_ratio')
  expect(metricName('9 lives', '')).toBe('_9_lives')
  expect(metricName('already_seconds', 's')).toBe('already_seconds')
  expect(['le', 'quantile', '__name__', '1st', 'a.b', ''].map(labelName)).toEqual([
    'exported_le',
    'exported_quantile',
    'key__name__',
    'key_1st',
    'a_b',
    'key_',
  ])
})

test('label values and help are escaped', () => {
  const text = renderExposition([
    {
      name: 'x',
      help: 'a\\b\nc',
      type: 'gauge',
      samples: [{ labels: [['model', 'quote " back \\ line\n# TYPE x counter']], value: 1 }],
    },
  ])
  expect(text).toBe('# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{model="quote \\" back \\\\ line\\n# TYPE x counter"} 1\n')
})

test('durations are cumulative buckets, and outcomes are counted', () => {
  const recorder = createRecorder()
  const record = (value: number, outcome: string): void =>
    recorder.record({ ...measurements.inferenceDuration, value, attributes: { model: 'digits', outcome } })
  for (const value of [0.5, 0.5000001, 0.002, Number.NaN]) record(value, 'ok')
  record(100, 'DEADLINE_EXCEEDED')
  const { samples, types } = parseExposition(renderExposition(metricFamilies(recorder)))
  const at = (name: string, labels: Record<string, string>): number | undefined =>
    samples.find((sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels))?.value
  const bucket = (le: string): number | undefined =>
    at('nootropic_inference_duration_seconds_bucket', { model: 'digits', outcome: 'ok', le })
  expect(types.get('nootropic_inference_duration_seconds')).toBe('histogram')
  // An edge belongs to its bucket.
  expect([bucket('0.00390625'), bucket('0.25'), bucket('0.5'), bucket('1'), bucket('+Inf')]).toEqual([1, 1, 2, 3, 3])
  expect(at('nootropic_inference_duration_seconds_count', { model: 'digits', outcome: 'ok' })).toBe(3)
  expect(at('nootropic_inferences_total', { model: 'digits', outcome: 'ok' })).toBe(4)
  expect(at('nootropic_inferences_total', { model: 'digits', outcome: 'DEADLINE_EXCEEDED' })).toBe(1)
  expect(at('nootropic_measurements_refused_total', {})).toBe(1)
})

test('what is no duration is shown as its last value', () => {
  const recorder = createRecorder()
  for (const value of [5e6, 4e6]) {
    recorder.record({ ...measurements.workerMemory, value, attributes: { model: 'digits' } })
  }
  expect(renderExposition(metricFamilies(recorder))).toContain(
    '# TYPE nootropic_worker_memory_bytes gauge\nnootropic_worker_memory_bytes{model="digits"} 4000000\n',
  )
})

test('names that Prometheus cannot tell apart become one family without a repeated series', () => {
  const recorder = createRecorder()
  recorder.record({ name: 'a.b', unit: 's', value: 1, attributes: { 'x.y': '1' } })
  recorder.record({ name: 'a_b', unit: 's', value: 1, attributes: { 'x/y': '1' } })
  recorder.record({ name: 'a_b', unit: 's', value: 1, attributes: { 'x.y': '2', 'x/y': '3' } })
  const text = renderExposition(metricFamilies(recorder))
  expect(text).toContain('a_b_seconds_count{x_y="1"} 2\n')
  expect(text).toContain('a_b_seconds_count{x_y="2;3"} 1\n')
})

test('any measurement reads back with its labels and its counts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 })
  const measurement = fc.record({
    name: fc.oneof(fc.constantFrom('nootropic.inference.duration', 'a.b', 'a_b'), text),
    unit: fc.constantFrom('s', 'By', '1', 'm/s'),
    value: fc.double(),
    attributes: fc.dictionary(fc.oneof(fc.constantFrom('model', 'outcome', 'le', '__x'), text), text, { maxKeys: 3 }),
  })
  fc.assert(
    fc.property(fc.array(measurement, { maxLength: 20 }), (all) => {
      const recorder = createRecorder()
      for (const one of all) recorder.record(one)
      const { samples, types, helps } = parseExposition(renderExposition(metricFamilies(recorder)))
      const identities = samples.map(({ name, labels }) => JSON.stringify([name, labels]))
      expect(new Set(identities).size).toBe(identities.length)
      expect([...types.keys()]).toEqual([...helps.keys()])
      const durations = new Set(all.filter(({ unit }) => unit === 's').map(({ name }) => name))
      const counted = samples.filter(({ name }) => /_seconds_count$/.test(name))
      const kept = recorder
        .instruments()
        .filter(({ name }) => durations.has(name))
        .filter(({ unit }) => unit === 's')
      expect(counted.reduce((sum, { value }) => sum + value, 0)).toBe(
        kept.flatMap(({ series }) => series).reduce((sum, { histogram }) => sum + histogram.count, 0),
      )
    }),
    { seed: 3, numRuns: 300 },
  )
})
