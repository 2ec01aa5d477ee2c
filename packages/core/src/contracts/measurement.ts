/**
 * One measured value, named as OpenTelemetry's semantic conventions do: a dotted name, a UCUM unit, low-cardinality
 * attributes.
 */
export interface Measurement {
  /** e.g. `nootropic.inference.duration`. */
  readonly name: string
  /** UCUM: `s`, `By`, `1`. */
  readonly unit: string
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
}

/** Takes measurements. It must not throw and must not wait: it stands in the hot path. */
export interface Meter {
  record(measurement: Measurement): void
}

/** Names and units of what nootropic measures, said once for those who measure and those who judge. */
export const measurements = {
  /** Duration of one inference. Attributes: `model`, `outcome` (`ok` or an error code). */
  inferenceDuration: { name: 'nootropic.inference.duration', unit: 's' },
  /** Resident memory of a worker. Attribute: `model`. */
  workerMemory: { name: 'nootropic.worker.memory', unit: 'By' },
  /** Share of one processor that a worker uses; with several threads above 1. Attribute: `model`. */
  workerProcessor: { name: 'nootropic.worker.cpu.utilization', unit: '1' },
  /** Page faults of a worker since it started. Attribute: `model`. */
  workerPageFaults: { name: 'nootropic.worker.page_faults', unit: '{fault}' },
  /** Root mean square and standard deviation of the numbers of one output of the last answer. Attributes: `model`, `output`. */
  answerMagnitude: { name: 'nootropic.answer.magnitude', unit: '1' },
  answerDeviation: { name: 'nootropic.answer.deviation', unit: '1' },
} as const
