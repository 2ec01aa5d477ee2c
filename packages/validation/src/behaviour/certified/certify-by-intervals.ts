import { type Clock, isNootropicError, NootropicError, systemClock } from '@nootropic/core'
import { incompleteOutcome, type StageOutcome } from '../../outcome.ts'
import { type AttackLimits, limitsFromNow, verifyMayGoOn } from '../attacks/guarded-model.ts'
import { isInDomain } from '../attacks/objective.ts'
import { type Dataset, type FloatTensor, floatArray } from '../dataset.ts'
import { range, takeRows } from '../rows.ts'
import { type ClassifierTrial, prepareTrial, type Subject, trialNotes } from '../subject.ts'
import { type Bounds, type Boxes, type OpenIntervals, openIntervals } from './open-intervals.ts'

/** How to certify by intervals. */
export interface IntervalCertificateOptions {
  /** Radii in L-infinity, as fractions of the domain's width. */
  readonly epsilons: readonly number[]
  /** Examples at most. */
  readonly examples: number
  /** After this the stage stops and is incomplete. */
  readonly budgetMs: number
  readonly signal?: AbortSignal
  /** Is told the radii that are done, of how many. */
  readonly progress?: (done: number, of: number) => void
}

/** Radii at which models that were not trained for it are certified at all. */
export const defaultIntervalCertificateOptions: IntervalCertificateOptions = {
  epsilons: [0.001, 0.003, 0.01, 0.03],
  examples: 128,
  budgetMs: 60_000,
}

/** The number of `inputs`' own type next to `value`, away from zero or over it, so that rounding loses no part of a box. */
const outward = (value: number, type: FloatTensor['type'], direction: -1 | 1): number => {
  if (type === 'float64') return value + direction * Math.abs(value) * 2 ** -52
  const rounded = Math.fround(value)
  if (direction * (rounded - value) >= 0) return rounded
  return Math.fround(rounded + direction * Math.max(Math.abs(rounded) * 2 ** -23, 2 ** -149))
}

/** The boxes of half-width `radius` around examples, cut to the domain. */
export const boxesAround = (inputs: FloatTensor, radius: number, [least, greatest]: Dataset['domain']): Boxes => {
  const lower = floatArray(inputs.type, inputs.data.length)
  const upper = floatArray(inputs.type, inputs.data.length)
  inputs.data.forEach((value, index) => {
    // An example a little outside its domain, by rounding, keeps itself in its box.
    lower[index] = outward(Math.max(value - radius, Math.min(least, value)), inputs.type, -1)
    upper[index] = outward(Math.min(value + radius, Math.max(greatest, value)), inputs.type, 1)
  })
  return { lower: { ...inputs, data: lower }, upper: { ...inputs, data: upper } }
}

/**
 * Whether, of each row, the label's score is above every other one wherever in its box the input lies.
 *
 * @param lead by how much it must be above.
 */
export const certifiedRows = ({ least, greatest, width }: Bounds, labels: readonly number[], lead = 0): boolean[] =>
  labels.map((label, row) => {
    // A single sigmoid answers 1 above zero; at zero itself, 0.
    if (width === 1) return label === 1 ? (least[row] ?? Number.NaN) > lead : (greatest[row] ?? Number.NaN) < -lead
    const own = least[row * width + label] ?? Number.NaN
    // So written that NaN certifies nothing.
    return range(width).every(
      (column) => column === label || own > (greatest[row * width + column] ?? Number.NaN) + lead,
    )
  })

/** Scores that are nearer to each other than this can be one number behind a last softmax or sigmoid. */
const leadBehindActivation = 2 ** -18

/** What ends the stage without making it void. */
const endings = ['DEADLINE_EXCEEDED', 'ABORTED', 'OUTPUT_INVALID'] as const

const certifyAll = async (
  open: OpenIntervals,
  { inputs, labels, domain, classifier: { head } }: ClassifierTrial,
  options: IntervalCertificateOptions,
  limits: AttackLimits,
  record: (epsilon: number, certified: number) => void,
): Promise<void> => {
  const width = head.activation === 'sigmoid' ? 1 : head.classes
  // What cannot be certified in a box cannot be in a larger one.
  let certified = range(labels.length)
  const epsilons = options.epsilons.toSorted((left, right) => left - right)
  for (const [place, epsilon] of epsilons.entries()) {
    verifyMayGoOn(limits)
    const boxes = boxesAround(takeRows(inputs, certified), epsilon * (domain[1] - domain[0]), domain)
    const bounds = await open.bounds(boxes)
    if (certified.length > 0 && bounds.width !== width)
      throw new NootropicError('OUTPUT_INVALID', `expected bounds of ${width} scores, found ${bounds.width}`)
    const held = certifiedRows(
      bounds,
      certified.map((row) => labels[row] ?? -1),
      head.activation === 'none' ? 0 : leadBehindActivation,
    )
    certified = certified.filter((_, index) => held[index])
    record(epsilon, certified.length)
    options.progress?.(place + 1, epsilons.length)
  }
}

/**
 * Proves, by interval bound propagation, for how many examples no change inside an L-infinity ball alters the answer. It
 * is a proof and no test: what it counts withstands every attack, and what it does not count may withstand them, too.
 *
 * @returns measurements `certifiedAccuracyAtEpsilon=<epsilon>` (`certifiedConsistency…` without labels); `incomplete` with
 * the operators that no rule covers, or with the reason why it was stopped
 */
export const certifyByIntervals = async (
  subject: Subject,
  options: IntervalCertificateOptions = defaultIntervalCertificateOptions,
  clock: Clock = systemClock,
): Promise<StageOutcome> => {
  const limits = limitsFromNow(options, clock)
  if (
    options.epsilons.length === 0 ||
    options.epsilons.some((epsilon) => !(epsilon >= 0 && Number.isFinite(epsilon)))
  ) {
    return incompleteOutcome(`expected radii from 0, found [${options.epsilons}]`)
  }
  const trial = await prepareTrial(subject, options.examples)
  if ('reason' in trial) return incompleteOutcome(trial.reason)
  if (!isInDomain(trial.inputs, trial.domain)) {
    return incompleteOutcome(`examples lie outside their domain [${trial.domain}]: check domain and scaling`)
  }
  const { batch } = trial.classifier
  const { externalData } = subject.bytes
  const open = await openIntervals(subject.model, {
    sessions: subject.sessions,
    probe: takeRows(
      trial.inputs,
      range(batch.isFixed ? batch.rows : 2).map((row) => row % trial.labels.length),
    ),
    batch,
    output: trial.classifier.head.output,
    ...(externalData === undefined ? {} : { externalData }),
  })
  if (!open.isDerived) {
    const named = open.operators.length === 0 ? '' : `: ${open.operators.join(', ')}`
    return incompleteOutcome(`no bounds (${open.reason}${named})`)
  }
  const measurements: Record<string, number> = { examples: trial.examples }
  const name = trial.measure === 'accuracy' ? 'certifiedAccuracy' : 'certifiedConsistency'
  const notes = trialNotes(trial)
  const finish = (verdict: StageOutcome['verdict']): StageOutcome => ({
    verdict,
    measurements,
    findings: [],
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  })
  try {
    await certifyAll(open, trial, options, limits, (epsilon, certified) => {
      measurements[`${name}AtEpsilon=${epsilon}`] = certified / trial.examples
    })
  } catch (error) {
    if (!isNootropicError(error) || !endings.some((code) => code === error.code)) throw error
    notes.push(error.message)
    return finish('incomplete')
  } finally {
    await open.close()
  }
  return finish(trial.isMadeUp ? 'incomplete' : 'pass')
}
