export {
  buildIntervals,
  type IntervalModel,
  type IntervalOptions,
  type IntervalRefusal,
} from './build-intervals.ts'
export {
  boxesAround,
  certifiedRows,
  certifyByIntervals,
  defaultIntervalCertificateOptions,
  type IntervalCertificateOptions,
} from './certify-by-intervals.ts'
export { intervalRules } from './interval-rules.ts'
export { openIntervals } from './open-intervals.ts'
export {
  certifyBySmoothing,
  type SmoothingCertificate,
  type SmoothingOptions,
  type SmoothingOutcome,
  smoothedAccuracy,
} from './smoothing.ts'
