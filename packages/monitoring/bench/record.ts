import { measurements, systemClock } from '@nootropic/core'
import { Histogram as PrometheusHistogram, Registry } from 'prom-client'
import { costOf, median } from '../../../tools/bench/cost.ts'
import { createHistogram, createMonitor, observe } from '../src/index.ts'

// One record of an inference's duration, and one scrape of 1,000 series, against prom-client in the same run: CPU time of
// this process, so that other load on the machine does not count; the median of rounds that take turns.
const records = 300_000
const rounds = 9
const seriesCount = 1000

const bus = { publish: () => Promise.reject(new Error('no rule publishes')), subscribe: () => () => {} }
const openMonitor = () => createMonitor({ clock: systemClock, bus, rules: [] })
const openPrometheus = (registry: Registry) =>
  new PrometheusHistogram({
    name: 'nootropic_inference_duration_seconds',
    help: 'Duration of one inference, by model and outcome.',
    labelNames: ['model', 'outcome'],
    // As many edges as the exposition of the monitor has.
    buckets: Array.from({ length: 19 }, (_, octave) => 2 ** (octave - 13)),
    registers: [registry],
  })

const values = Float64Array.from({ length: 4096 }, () => 0.001 + 0.05 * Math.random() ** 3)
const valueAt = (index: number): number => values[index & 4095] as number
const outcomes = ['ok', 'ok', 'ok', 'WORKER_FAILED']
const attributesAt = (index: number) => ({ model: 'digits', outcome: outcomes[index & 3] as string })

const ownHistogram = createHistogram()
const monitor = openMonitor()
const prometheus = openPrometheus(new Registry())
const bound = prometheus.labels('digits', 'ok')
const repeat = (operation: (index: number) => void) => () => {
  for (let index = 0; index < records; index += 1) operation(index)
}

const fullMonitor = openMonitor()
const registry = new Registry()
const fullPrometheus = openPrometheus(registry)
for (let index = 0; index < seriesCount * 20; index += 1) {
  const attributes = { model: `model-${index % seriesCount}`, outcome: 'ok' }
  fullMonitor.record({ ...measurements.inferenceDuration, value: valueAt(index), attributes })
  fullPrometheus.observe(attributes, valueAt(index))
}

interface Subject {
  readonly name: string
  readonly rival: string
  readonly operations: number
  readonly run: () => unknown
}
const record = (name: string, rival: string, operation: (index: number) => void): Subject => ({
  name,
  rival,
  operations: records,
  run: repeat(operation),
})
const subjects: readonly Subject[] = [
  record('observe(histogram), series at hand', 'prom-client, bound child', (index) =>
    observe(ownHistogram, valueAt(index)),
  ),
  record('prom-client, bound child', 'prom-client, bound child', (index) => bound.observe(valueAt(index))),
  record('monitor.record, found by attributes', 'prom-client, labels', (index) =>
    monitor.record({
      name: measurements.inferenceDuration.name,
      unit: measurements.inferenceDuration.unit,
      value: valueAt(index),
      attributes: attributesAt(index),
    }),
  ),
  record('prom-client, labels', 'prom-client, labels', (index) =>
    prometheus.observe(attributesAt(index), valueAt(index)),
  ),
  {
    name: 'monitor.exposition, 1,000 series',
    rival: 'prom-client, scrape',
    operations: 1,
    run: () => fullMonitor.exposition(),
  },
  {
    name: 'prom-client, scrape of 1,000 series',
    rival: 'prom-client, scrape',
    operations: 1,
    run: () => registry.metrics(),
  },
]

const times = new Map(subjects.map(({ name }) => [name, [] as number[]]))
for (let round = 0; round < rounds; round += 1) {
  for (const { name, operations, run } of subjects) {
    times.get(name)?.push(((await costOf(run)).cpu * 1e9) / operations)
  }
}
const timeOf = (name: string): number => median(times.get(name) ?? [])
const format = (nanoseconds: number): string =>
  nanoseconds < 1e5 ? `${nanoseconds.toFixed(1)} ns` : `${(nanoseconds / 1e6).toFixed(1)} ms`

const lines = subjects.map(({ name, rival }) => {
  const rivalTime = timeOf(subjects.find((subject) => subject.name.startsWith(rival))?.name ?? name)
  return `| ${name} | ${format(timeOf(name))} | ${(rivalTime / timeOf(name)).toFixed(1)} |`
})
process.stdout.write(
  `| one operation | CPU time, median | times as fast as prom-client |\n| --- | ---: | ---: |\n${lines.join('\n')}\n`,
)
