import { type AttackOutcome, type AttackRun, runAttack } from '../attacks/run-attack.ts'
import { type HonestyTarget, type Observation, observe, percent, type Unchecked } from './observation.ts'
import { honestyRules } from './rules.ts'

/** How hard the checks attack, and how wide. */
export interface HonestyEffort {
  /** Radii of the curve as fractions of the domain's width, rising. */
  readonly radii: readonly number[]
  readonly steps: number
  readonly queries: number
}

/** What tells a misled attack from a working one on small models in seconds. */
export const defaultHonestyEffort: HonestyEffort = { radii: [0.05, 0.1, 0.2, 0.3], steps: 10, queries: 150 }

/** A difference of fewer examples, or of a smaller share of them, is chance. */
const leastExamples = 2
const leastShare = 0.05

const isMoreThanChance = (examples: number, of: number): boolean =>
  examples >= leastExamples && examples > leastShare * of

/** An attack on all examples at once. */
const attack = async (
  name: 'bim' | 'pgd' | 'square',
  target: HonestyTarget,
  run: Pick<AttackRun, 'radius' | 'effort'>,
): Promise<{ readonly fooled: readonly boolean[] } | Unchecked> => {
  const { model, inputs, labels, domain, seed } = target
  const outcome: AttackOutcome = await runAttack(name, { ...run, model, inputs, labels, domain, seed, norm: 'linf' })
  if (outcome.stopped !== undefined) return { unchecked: outcome.stopped }
  return { fooled: outcome.fooled.map((is) => is === true) }
}

const widthOf = ({ domain }: HonestyTarget): number => domain[1] - domain[0]

/**
 * Compares, example by example, what an attack by scores and one by slopes find inside the same ball. The widest radius
 * first at which the one by slopes leaves enough examples to tell.
 */
export const checkBlackBox = async (
  target: HonestyTarget,
  { radii, steps, queries }: HonestyEffort,
): Promise<Observation | Unchecked> => {
  const examples = target.labels.length
  for (const radius of radii.toReversed()) {
    const run = { radius: radius * widthOf(target), effort: { steps, queries } }
    const white = await attack('pgd', target, run)
    if ('unchecked' in white) return white
    const standing = white.fooled.filter((is) => !is).length
    if (!isMoreThanChance(standing, examples) && radius !== radii[0]) continue
    const black = await attack('square', target, run)
    if ('unchecked' in black) return black
    const only = black.fooled.filter((is, row) => is && white.fooled[row] === false).length
    return observe({ blackBoxOnly: only / examples }, isMoreThanChance(only, examples), () => ({
      rule: honestyRules['black-box-beats-white-box'],
      message: `expected the attack by slopes to find what the one by scores finds at epsilon ${radius}, it misses ${only} of ${examples} examples`,
      evidence: { epsilon: radius, examples: only },
    }))
  }
  return { unchecked: 'no radius to compare at' }
}

/** Answers that stand at a radius, each radius attacked afresh. */
export interface CurvePoint {
  /** A fraction of the domain's width. */
  readonly epsilon: number
  readonly standing: number
}

/** Whether, along a curve by rising epsilon, more answers stand anywhere than before by more than chance. */
export const checkCurve = (curve: readonly CurvePoint[], examples: number): Observation => {
  let least: CurvePoint = { epsilon: 0, standing: examples }
  let worst = { from: least, to: least, rise: 0 }
  for (const point of curve) {
    const rise = point.standing - least.standing
    if (rise > worst.rise) worst = { from: least, to: point, rise }
    if (point.standing < least.standing) least = point
  }
  const { from, to, rise } = worst
  return observe({ riseWithRadius: rise / examples }, isMoreThanChance(rise, examples), () => ({
    rule: honestyRules['accuracy-rises-with-radius'],
    message: `expected fewer answers to stand at a larger epsilon, ${from.standing} of ${examples} stand at ${from.epsilon} and ${to.standing} at ${to.epsilon}`,
    evidence: { from: from.epsilon, to: to.epsilon, rise },
  }))
}

/** Attacks every radius afresh and looks whether accuracy falls. */
export const checkRisingAccuracy = async (
  target: HonestyTarget,
  { radii, steps }: HonestyEffort,
): Promise<Observation | Unchecked> => {
  const curve: CurvePoint[] = []
  for (const epsilon of radii) {
    const outcome = await attack('bim', target, { radius: epsilon * widthOf(target), effort: { steps } })
    if ('unchecked' in outcome) return outcome
    curve.push({ epsilon, standing: outcome.fooled.filter((is) => !is).length })
  }
  return checkCurve(curve, target.labels.length)
}

/** Restarts of the attack that may change everything. */
const unlimitedRestarts = 3

/** Attacks with a radius as wide as the domain: no answer may stand. */
export const checkUnlimitedChange = async (
  target: HonestyTarget,
  { steps }: HonestyEffort,
): Promise<Observation | Unchecked> => {
  const effort = { steps: 2 * steps, restarts: unlimitedRestarts }
  const outcome = await attack('pgd', target, { radius: widthOf(target), effort })
  if ('unchecked' in outcome) return outcome
  const share = outcome.fooled.filter((is) => !is).length / target.labels.length
  return observe({ standingAtAnyChange: share }, share > 0, () => ({
    rule: honestyRules['withstands-any-change'],
    message: `expected no answer to stand where an example may become any other, ${percent(share)} of ${target.labels.length} stand`,
    evidence: { share },
  }))
}
