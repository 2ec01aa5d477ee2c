import { type ErrorCode, modelNameSchema } from '@nootropic/core'
import type { AlertRule } from './alert-rule.ts'
import { createHistogram, type Histogram, histogramSince, mergeHistograms, quantile } from './histogram.ts'
import type { Instrument } from './recorder.ts'

// Outcomes that the caller brought about. If they counted as errors of the model, whoever sends bad credentials could
// have it suspended (CWE-645). Any other outcome but `ok`, also one unknown here, is a fault of the model.
const causedByCaller: ReadonlySet<string> = new Set<ErrorCode>([
  'USAGE',
  'CONFIGURATION_INVALID',
  'MODEL_NOT_FOUND',
  'MODEL_SUSPENDED',
  'LIMIT_EXCEEDED',
  'INPUT_INVALID',
  'ABORTED',
  'CREDENTIAL_INVALID',
  'ACCESS_DENIED',
])

/** What one model did: the values measured where it answered or failed, and how many of them were faults. */
export interface Observations {
  readonly values: Histogram
  readonly faults: number
}

/** What was observed up to a moment. */
export interface Frame extends Observations {
  readonly atMs: number
}

/** Of nothing. */
export const noObservations: Observations = { values: createHistogram(), faults: 0 }

/** What an instrument observed of each model, without what callers brought about themselves. */
export const observationsByModel = (instrument: Instrument): Map<string, Observations> => {
  const grouped = new Map<string, { values: Histogram[]; faults: number }>()
  for (const { attributes, histogram } of instrument.series) {
    const { outcome = 'ok' } = attributes
    // Faults before it was known which model was meant (`(none)`) are no model's: nobody could suspend it for them.
    const { data: model } = modelNameSchema.safeParse(attributes.model)
    if (model === undefined || causedByCaller.has(outcome)) continue
    const group = grouped.get(model) ?? { values: [], faults: 0 }
    group.values.push(histogram)
    if (outcome !== 'ok') group.faults += histogram.count
    grouped.set(model, group)
  }
  return new Map(
    [...grouped].map(([model, { values, faults }]) => [model, { values: mergeHistograms(values), faults }]),
  )
}

/**
 * What was observed in the window that ends with `current`.
 *
 * @param frames what had been observed at earlier moments, the oldest first. The window begins at the youngest frame
 * that is at least `windowMs` old, or at the oldest there is.
 */
export const observationsWithin = (frames: readonly Frame[], current: Frame, windowMs: number): Observations => {
  const oldEnough = frames.findLast((frame) => frame.atMs <= current.atMs - windowMs)
  const start = oldEnough ?? frames[0] ?? noObservations
  return { values: histogramSince(current.values, start.values), faults: current.faults - start.faults }
}

const shares = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

/** The value that a rule compares with its threshold, or `undefined` where there is too little data to say. */
export const statisticOf = (
  { values, faults }: Observations,
  { statistic, minimumCount }: Pick<AlertRule, 'statistic' | 'minimumCount'>,
): number | undefined => {
  if (values.count < minimumCount) return undefined
  if (statistic === 'error-ratio') return faults / values.count
  return statistic === 'mean' ? values.sum / values.count : quantile(values, shares[statistic])
}
