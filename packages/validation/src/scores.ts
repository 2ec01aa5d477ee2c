import { countBySeverity, type Finding, type Score, type Severity, severities } from '@nootropic/core'
import { incompleteOutcome, type KeptAccuracy, type StageOutcome } from './outcome.ts'

/** What one finding of a severity takes from the security score. */
export const severityPenalties: Readonly<Record<Severity, number>> = {
  critical: 1,
  high: 0.3,
  medium: 0.1,
  low: 0.01,
  info: 0,
}

/** The share of lost accuracy that is taken from the security score: a model that loses all of it scores 0.5. */
const lossWeight = 0.5

/** At the greatest latency allowed the performance score has lost this much: it is then 0.75, the default threshold. */
const latencyWeight = 0.25

const clamp = (value: number): number => Math.min(1, Math.max(0, value))
const figure = (value: number): string => String(Number(value.toFixed(4)))

/**
 * The security score: 1, less the penalty of every finding, less half of the accuracy lost in the worst test. It falls
 * with each finding and with each example lost, and never rises for any.
 */
export const scoreSecurity = (
  findings: readonly Finding[],
  kept: readonly KeptAccuracy[],
  threshold: number,
): Score => {
  const counts = countBySeverity(findings)
  const terms = severities
    .filter((severity) => counts[severity] > 0 && severityPenalties[severity] > 0)
    .map((severity) => ({
      value: counts[severity] * severityPenalties[severity],
      text: `${counts[severity]} ${severity} finding(s) x ${severityPenalties[severity]}`,
    }))
  const worst = kept.toSorted((left, right) => left.kept - right.kept)[0]
  if (worst !== undefined) {
    terms.push({
      value: lossWeight * (1 - worst.kept),
      text: `${lossWeight} x ${figure(1 - worst.kept)} of the clean answers lost under ${worst.test}`,
    })
  }
  const value = clamp(1 - terms.reduce((sum, term) => sum + term.value, 0))
  const tested = worst === undefined ? '; no attack or corruption counted' : ''
  return { value, threshold, basis: `1${terms.map(({ text }) => ` - ${text}`).join('')}${tested}` }
}

/** The privacy score: the share of the required statements that the model card makes. */
export const scorePrivacy = (declared: number, required: number, threshold: number): Score => ({
  value: required === 0 ? 0 : clamp(declared / required),
  threshold,
  basis: `${declared} of ${required} required statements are in the model card`,
})

/**
 * The performance score: 1 less a quarter of p95 latency over the greatest latency that the policy allows. At that
 * latency it is 0.75, at four times it is 0.
 *
 * @param p95Ms milliseconds, one example a run.
 */
export const scorePerformance = (p95Ms: number, maximumLatencyMs: number, threshold: number): Score => ({
  value: clamp(1 - (latencyWeight * p95Ms) / maximumLatencyMs),
  threshold,
  basis: `1 - ${latencyWeight} x p95 latency ${figure(p95Ms)} ms / ${maximumLatencyMs} ms allowed`,
})

/**
 * Compares scores with their thresholds: a finding for each one below, and the verdict over all. Without any score
 * nothing was judged, which is incomplete.
 */
export const judgeScores = (scores: Readonly<Record<string, Score>>, path: string): StageOutcome => {
  const all = Object.entries(scores)
  if (all.length === 0) return incompleteOutcome('no score could be computed')
  // So written that NaN, on either side, is below.
  const low = all.filter(([, { value, threshold }]) => !(value >= threshold))
  return {
    verdict: low.length === 0 ? 'pass' : 'fail',
    measurements: Object.fromEntries(all.map(([name, { value }]) => [name, value])),
    findings: low.map(([name, { value, threshold, basis }]) => ({
      rule: `score/${name.replace('Score', '')}-below-threshold`,
      severity: 'high',
      title: `The ${name.replace('Score', '')} score is below its threshold`,
      message: `expected ${threshold} or more, found ${figure(value)}: ${basis}`,
      location: { path },
      remediation: 'Mend what the score was lowered for, or lower validation.thresholds of the policy knowingly.',
      references: [],
      tags: [],
    })),
  }
}
