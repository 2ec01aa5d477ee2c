import type { Verdict } from '@nootropic/core'
import type { Area } from '../statistics/receiver-curve.ts'
import type { SignalFigures } from './measure-signal.ts'

/** With fewer examples of either side no interval is narrow enough to judge by. */
export const leastExamples = 100

/** Half of the non-members teach the references: of fewer than this they would learn too little to be compared with. */
export const leastForReferences = 400

/** An area above this is a leak: a coin gives 0.5, and hardly a model that was ever trained gives exactly that. */
export const largestArea = 0.6

/** A proved epsilon above this is a leak: members are found e times as often as others are taken for them. */
export const largestEpsilon = 1

/** An area above this, without the model being asked, means that the two sets differ by themselves. */
const largestBlindArea = 0.55

/** How well members and non-members are told apart by those who never ask the model; on either side of 0.5. */
export interface BlindAreas {
  /** By a softmax regression on the examples themselves. */
  readonly examples?: Area
  /** By LiRA against a student that learned other members, and none of those that it is asked for. */
  readonly references?: Area
}

/** Signals that compare the target with references. */
const referenceSignals: readonly string[] = ['lira', 'rmia']

const figure = (value: number): string => value.toFixed(3)

/** The same area for one who knows on which side members lie: 0.5 or more. */
const directed = ({ value, low, high }: Area): Area =>
  value < 0.5 ? { value: 1 - value, low: 1 - high, high: 1 - low } : { value, low, high }

/** The baselines of a signal. */
const baselinesOf = (signal: string, { examples, references }: BlindAreas): Area[] => {
  const areas = referenceSignals.includes(signal) ? [examples, references] : [examples]
  return areas.flatMap((area) => (area === undefined ? [] : [directed(area)]))
}

const isShifted = (area: Area): boolean => area.low > largestBlindArea

/**
 * Whether a signal tells members from others beyond doubt, and better than those who never ask the model. Of references alone
 * an area is no proof: the loss must see something as well, or what they tell apart are two sets of which they know one.
 */
export const isLeak = (
  { signal, area, epsilon }: SignalFigures,
  signals: readonly SignalFigures[],
  blind: BlindAreas,
): boolean => {
  const baselines = baselinesOf(signal, blind)
  const isBetter = baselines.every(({ high }) => area.low > high)
  const isSeen =
    !referenceSignals.includes(signal) || signals.some((other) => other.signal === 'loss' && other.area.low > 0.5)
  return (area.low > largestArea && isBetter && isSeen) || (epsilon > largestEpsilon && !baselines.some(isShifted))
}

/** What follows from the figures; `missing` says what was not done. */
export const judgeMembership = (
  signals: readonly SignalFigures[],
  blind: BlindAreas,
  missing: readonly string[],
): { readonly verdict: Verdict; readonly note?: string } => {
  if (signals.some((signal) => isLeak(signal, signals, blind)))
    return { verdict: 'fail', ...(missing.length === 0 ? {} : { note: missing.join('; ') }) }
  const notes = [...missing]
  const shifted = baselinesOf('lira', blind).find(isShifted)
  if (shifted !== undefined)
    notes.push(
      `members and non-members differ by themselves: without the model they are told apart with an area of ${figure(shifted.value)}; give sets of one kind`,
    )
  const undecided = signals.filter(({ area }) => !(area.high <= largestArea))
  if (undecided.length > 0)
    notes.push(
      `too few examples, or sets too unlike, to rule out a leak by ${undecided.map(({ signal, area }) => `${signal} (area up to ${figure(area.high)})`).join(', ')}`,
    )
  if (signals.length === 0 && notes.length === 0) notes.push('no signal was measured')
  return notes.length === 0 ? { verdict: 'pass' } : { verdict: 'incomplete', note: notes.join('; ') }
}
