import type { Finding, Verdict } from '@nootropic/core'

/** How much of its clean accuracy a model keeps under one kind of test. */
export interface KeptAccuracy {
  /** `attack at epsilon 0.03`, `noise=0.1`. */
  readonly test: string
  /** In [0, 1]: accuracy (or consistency) under the test over the clean one. */
  readonly kept: number
}

/** What a stage of a validation comes to. */
export interface StageOutcome {
  readonly verdict: Verdict
  readonly measurements: Readonly<Record<string, number>>
  readonly findings: readonly Finding[]
  readonly note?: string
  /** What of the stage was not done though nothing failed, and why. */
  readonly skipped?: readonly { readonly name: string; readonly reason: string }[]
  /** What the security score takes from it. */
  readonly kept?: KeptAccuracy
}

/** The outcome of a stage that could not do its work. */
export const incompleteOutcome = (note: string): StageOutcome => ({
  verdict: 'incomplete',
  measurements: {},
  findings: [],
  note,
})
