import type { Measurement } from '@nootropic/core'
import { createHistogram, type Histogram, observe } from './histogram.ts'

// Attribute values come from requests: without a bound, whoever can invent them fills the memory (CWE-770). A series is
// 4.2 kB.
const maximumSeries = 1000
// Names come from code. More than these would be names made of data.
const maximumInstruments = 32
const maximumAttributes = 8
const maximumTextLength = 256

// OpenTelemetry metrics SDK, "Overflow attribute".
const overflowAttributes = { 'otel.metric.overflow': 'true' }

/** What was observed under one set of attributes. */
export interface Series {
  readonly attributes: Readonly<Record<string, string>>
  readonly histogram: Histogram
}

/** Everything observed under one name. */
export interface Instrument {
  readonly name: string
  readonly unit: string
  readonly series: readonly Series[]
}

/** Keeps measurements as histograms, one per name and set of attributes. */
export interface Recorder {
  /** Counts a measurement. It never throws and never grows past its limits. */
  record(measurement: Measurement): void
  instruments(): readonly Instrument[]
  /** Measurements that were kept nowhere: a name too many, or a second unit under one name. */
  dropped(): number
}

// Attributes are found by walking key, value, key, value in the order the caller wrote them: no text is built and no
// list sorted for a record. Two orders of the same attributes end at the same series.
interface Step {
  readonly next: Map<string, Step>
  series: Series | undefined
}

interface OpenInstrument extends Instrument {
  readonly series: Series[]
  readonly root: Step
  readonly byAttributes: Map<string, Series>
  overflow: Series | undefined
}

const createStep = (): Step => ({ next: new Map(), series: undefined })

const findSeries = (root: Step, attributes: Readonly<Record<string, string>>): Series | undefined => {
  let step: Step | undefined = root
  for (const key in attributes) {
    step = step.next.get(key)?.next.get(attributes[key] as string)
    if (step === undefined) return undefined
  }
  return step.series
}

const rememberPath = (root: Step, entries: readonly (readonly [string, string])[], series: Series): void => {
  let step = root
  for (const part of entries.flat()) {
    const known = step.next.get(part)
    const next = known ?? createStep()
    if (known === undefined) step.next.set(part, next)
    step = next
  }
  step.series = series
}

/**
 * A recorder of at most 32 names and 1,000 series a name. Attributes beyond that, more than 8 of them, and texts over
 * 256 characters go to one overflow series of that name.
 */
export const createRecorder = (): Recorder => {
  const instruments = new Map<string, OpenInstrument>()
  let dropped = 0

  const addSeries = (instrument: OpenInstrument, attributes: Readonly<Record<string, string>>): Series => {
    const series: Series = { attributes, histogram: createHistogram() }
    instrument.series.push(series)
    return series
  }

  const admitSeries = (instrument: OpenInstrument, attributes: Readonly<Record<string, string>>): Series => {
    const entries = Object.entries(attributes)
    const fits =
      entries.length <= maximumAttributes &&
      entries.every(([key, value]) => key.length <= maximumTextLength && value.length <= maximumTextLength)
    if (fits) {
      const sorted = entries.toSorted(([left], [right]) => (left < right ? -1 : 1))
      const identity = JSON.stringify(sorted)
      let series = instrument.byAttributes.get(identity)
      if (series === undefined && instrument.byAttributes.size < maximumSeries) {
        series = addSeries(instrument, Object.fromEntries(sorted))
        instrument.byAttributes.set(identity, series)
        rememberPath(instrument.root, entries, series)
      }
      if (series !== undefined) return series
    }
    instrument.overflow ??= addSeries(instrument, overflowAttributes)
    return instrument.overflow
  }

  const openInstrument = (name: string, unit: string): OpenInstrument | undefined => {
    if (instruments.size >= maximumInstruments || name.length > maximumTextLength) return undefined
    const instrument: OpenInstrument = {
      name,
      unit,
      series: [],
      root: createStep(),
      byAttributes: new Map(),
      overflow: undefined,
    }
    instruments.set(name, instrument)
    return instrument
  }

  return {
    record({ name, unit, value, attributes }) {
      const instrument = instruments.get(name) ?? openInstrument(name, unit)
      if (instrument === undefined || instrument.unit !== unit) {
        dropped += 1
        return
      }
      const series = findSeries(instrument.root, attributes) ?? admitSeries(instrument, attributes)
      observe(series.histogram, value)
    },
    instruments: () => [...instruments.values()],
    dropped: () => dropped,
  }
}
