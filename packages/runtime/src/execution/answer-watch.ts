import { type Meter, type ModelRef, measurements, type Tensor } from '@nootropic/core'
import { type AnswerProfile, createAnswerProfile, figuresOf, spreadsOf, type UnusualFigure } from './answer-profile.ts'
import type { ExecutionPolicy } from './execution-policy.ts'

/** Watches the answers of models, as far as the policy says. It judges nothing: it measures, and tells. */
export interface AnswerWatch {
  /** What in an answer is far from what this version usually answers. */
  observe(ref: ModelRef, outputs: Readonly<Record<string, Tensor>>, runMs: number): UnusualFigure[]
}

export const createAnswerWatch = (
  { behaviorAnalysis, anomalyDetection }: ExecutionPolicy['runtime']['monitoring'],
  meter: Meter,
): AnswerWatch => {
  // One for each name that serves; a new version starts anew.
  const profiles = new Map<string, { readonly version: string; readonly profile: AnswerProfile }>()
  const profileOf = ({ name, version }: ModelRef): AnswerProfile => {
    const known = profiles.get(name)
    if (known?.version === version) return known.profile
    const profile = createAnswerProfile()
    profiles.set(name, { version, profile })
    return profile
  }
  return {
    observe(ref, outputs, runMs) {
      if (!behaviorAnalysis && !anomalyDetection) return []
      const spreads = spreadsOf(outputs)
      if (behaviorAnalysis) {
        for (const [output, { mean, deviation }] of Object.entries(spreads)) {
          const attributes = { model: ref.name, output }
          meter.record({ ...measurements.answerMagnitude, value: Math.hypot(mean, deviation), attributes })
          meter.record({ ...measurements.answerDeviation, value: deviation, attributes })
        }
      }
      return anomalyDetection ? profileOf(ref).observe(figuresOf(spreads, runMs)) : []
    },
  }
}
