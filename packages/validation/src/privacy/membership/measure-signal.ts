import { type Area, areaUnderCurve, type Catch, catchAt } from '../statistics/receiver-curve.ts'

/** How well one signal tells members from others. */
export interface SignalFigures {
  readonly signal: string
  readonly members: number
  readonly nonMembers: number
  readonly area: Area
  /** At 0.1 % and 1 % of false positives: an attack that finds few members surely is worse than one that guesses many. */
  readonly catches: readonly Catch[]
  /**
   * What the catches prove at least: a training that kept differential privacy with a lower epsilon would not have shown them
   * (Jagielski, Ullman and Oprea 2020, arXiv 2006.07709).
   */
  readonly epsilon: number
}

const falsePositiveRates = [0.001, 0.01] as const

/** @param confidence of every interval, such as 0.99. */
export const measureSignal = (
  signal: string,
  { members, nonMembers }: { readonly members: Float64Array; readonly nonMembers: Float64Array },
  confidence: number,
): SignalFigures => {
  const catches = falsePositiveRates.map((rate) => catchAt(members, nonMembers, rate, confidence))
  const proved = catches.map(({ interval, falsePositiveInterval }) =>
    interval.low === 0 ? 0 : Math.log(interval.low / falsePositiveInterval.high),
  )
  return {
    signal,
    members: members.length,
    nonMembers: nonMembers.length,
    area: areaUnderCurve(members, nonMembers, confidence),
    catches,
    epsilon: Math.max(0, ...proved),
  }
}
