import { measurements } from '@nootropic/core'
import type { MetricFamily, Sample } from './exposition.ts'
import { bucketCount, bucketEdge, type Histogram, mergeHistograms } from './histogram.ts'
import { labelName, metricName } from './metric-name.ts'
import type { Instrument, Recorder, Series } from './recorder.ts'

type Labels = Sample['labels']

const helpTexts = new Map<string, string>([
  [measurements.inferenceDuration.name, 'Duration of one inference, by model and outcome.'],
  [measurements.workerMemory.name, 'Resident memory of the worker process of a model.'],
  [measurements.workerProcessor.name, 'Share of one processor that the worker process of a model uses.'],
  [measurements.workerPageFaults.name, 'Page faults of the worker process of a model since it started.'],
  [measurements.answerMagnitude.name, 'Root mean square of the numbers of an output of the last answer.'],
  [measurements.answerDeviation.name, 'Standard deviation of the numbers of an output of the last answer.'],
  ['process.cpu.utilization', 'Share of all processors that this process used since the sample before.'],
  ['process.memory.usage', 'Resident memory of this process.'],
  ['process.memory.utilization', 'Resident memory of this process as a share of what it may use.'],
])

// Whole octaves from 2^-13 s (122 us) to 2^5 s: edges that the histogram has, that are exact in decimal, and that never
// change with the data, so that rates over a scrape hold.
const edges = Array.from({ length: bucketCount }, (_, bucket) => ({ bucket, edge: bucketEdge(bucket) }))
  .filter(({ edge }) => edge >= 2 ** -13 && edge <= 2 ** 5 && Number.isInteger(Math.log2(edge)))
  .map(({ bucket, edge }) => ({ last: bucket, le: String(edge) }))

const isDuration = (instrument: Instrument): boolean => instrument.unit === 's'

const labelsOf = (series: Series): Labels => {
  const labels = new Map<string, string>()
  for (const [key, value] of Object.entries(series.attributes)) {
    const name = labelName(key)
    // Text that is no UTF-16 cannot be written; Buffer replaces it like every writer does.
    const text = Buffer.from(value).toString()
    const taken = labels.get(name)
    // Two attributes of one label are joined with `;` (OpenTelemetry, "Prometheus and OpenMetrics compatibility").
    labels.set(name, taken === undefined ? text : `${taken};${text}`)
  }
  return [...labels].toSorted(([left], [right]) => (left < right ? -1 : 1))
}

const histogramSamples = (labels: Labels, histogram: Histogram): Sample[] => {
  const samples: Sample[] = []
  let bucket = 0
  let cumulative = 0
  for (const { last, le } of edges) {
    for (; bucket <= last; bucket += 1) cumulative += histogram.counts[bucket] as number
    samples.push({ suffix: '_bucket', labels, le, value: cumulative })
  }
  return [
    ...samples,
    { suffix: '_bucket', labels, le: '+Inf', value: histogram.count },
    { suffix: '_sum', labels, value: histogram.sum },
    { suffix: '_count', labels, value: histogram.count },
  ]
}

// Names and labels that differ in OpenTelemetry can be one in Prometheus, which refuses a repeated series.
const mergeByLabels = (series: readonly Series[]): { labels: Labels; histogram: Histogram }[] => {
  const groups = new Map<string, { labels: Labels; histogram: Histogram }>()
  for (const one of series) {
    const labels = labelsOf(one)
    const key = JSON.stringify(labels)
    const same = groups.get(key)
    const histogram = same === undefined ? one.histogram : mergeHistograms([same.histogram, one.histogram])
    groups.set(key, { labels, histogram })
  }
  return [...groups.keys()].toSorted().map((key) => groups.get(key) as { labels: Labels; histogram: Histogram })
}

const counter = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
  name,
  help,
  type: 'counter',
  samples,
})

/** What a recorder holds as Prometheus families: durations as histograms, all else as the value of the last record. */
export const metricFamilies = (recorder: Recorder): MetricFamily[] => {
  const instruments = recorder.instruments()
  const byName = new Map<string, Instrument[]>()
  for (const instrument of instruments) {
    const name = metricName(instrument.name, instrument.unit)
    byName.set(name, [...(byName.get(name) ?? []), instrument])
  }
  const families: MetricFamily[] = []
  for (const [name, group] of [...byName].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const first = group[0] as Instrument
    const duration = isDuration(first)
    const series = mergeByLabels(group.flatMap((instrument) => instrument.series))
    families.push({
      name,
      help: helpTexts.get(first.name) ?? `Measurement ${Buffer.from(first.name).toString()}.`,
      type: duration ? 'histogram' : 'gauge',
      samples: duration
        ? series.flatMap(({ labels, histogram }) => histogramSamples(labels, histogram))
        : series.map(({ labels, histogram }) => ({ labels, value: histogram.last })),
    })
    if (first.name === measurements.inferenceDuration.name) {
      families.push(
        counter(
          'nootropic_inferences_total',
          'Inferences asked for, by model and outcome.',
          series.map(({ labels, histogram }) => ({ labels, value: histogram.count + histogram.refused })),
        ),
      )
    }
  }
  const refused = instruments
    .flatMap((instrument) => instrument.series)
    .reduce((sum, series) => sum + series.histogram.refused, 0)
  families.push(
    counter('nootropic_measurements_refused_total', 'Measurements that were negative, infinite or no number.', [
      { labels: [], value: refused },
    ]),
    counter('nootropic_measurements_dropped_total', 'Measurements under a name too many or with a second unit.', [
      { labels: [], value: recorder.dropped() },
    ]),
  )
  return families
}
