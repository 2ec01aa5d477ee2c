import { NootropicError } from '@nootropic/core'

/** What a loss judges an example's scores by. */
interface Aim {
  readonly label: number
  /** The class to be reached; -1 for any other than the label. */
  readonly target: number
}

/** The loss of one row of scores; writes its slope with regard to them into `slope`, which comes in as zeros. */
type ScoreLoss = (scores: Float64Array, aim: Aim, slope: Float64Array) => number

/** Keeps the quotient finite where the scores are all equal (as the reference implementation of APGD does). */
const leastSpread = 1e-12

const at = (values: Float64Array, index: number): number => values[index] ?? Number.NaN
const addTo = (values: Float64Array, index: number, amount: number): void => {
  values[index] = at(values, index) + amount
}

/** Places of the scores, greatest first; of equal ones the first. */
const ranked = (scores: Float64Array): number[] =>
  Array.from(scores.keys()).sort((left, right) => at(scores, right) - at(scores, left) || left - right)

const needsClasses = (least: number, scores: Float64Array, loss: string): void => {
  if (scores.length < least) {
    throw new NootropicError(
      'USAGE',
      `expected ${least} classes or more for the loss "${loss}", found ${scores.length}; use "margin" instead`,
    )
  }
}

/** -log softmax(z)[label], in the form that overflows nowhere. */
const crossEntropy: ScoreLoss = (scores, { label }, slope) => {
  const greatest = scores.reduce((left, right) => Math.max(left, right), Number.NEGATIVE_INFINITY)
  let total = 0
  for (let column = 0; column < scores.length; column += 1) {
    slope[column] = Math.exp(at(scores, column) - greatest)
    total += at(slope, column)
  }
  for (let column = 0; column < scores.length; column += 1) slope[column] = at(slope, column) / total
  addTo(slope, label, -1)
  return greatest + Math.log(total) - at(scores, label)
}

const bestWrong = (scores: Float64Array, label: number): number => {
  let best = label === 0 ? 1 : 0
  for (let column = 0; column < scores.length; column += 1) {
    if (column !== label && at(scores, column) > at(scores, best)) best = column
  }
  return best
}

/** The score of the class to be reached less that of the label. */
const difference: ScoreLoss = (scores, { label, target }, slope) => {
  addTo(slope, target, 1)
  addTo(slope, label, -1)
  return at(scores, target) - at(scores, label)
}

/** The best wrong score less the right one (Carlini and Wagner 2017, arXiv 1608.04644). */
const margin: ScoreLoss = (scores, { label }, slope) =>
  difference(scores, { label, target: bestWrong(scores, label) }, slope)

/** The difference of two scores over a spread of scores, with the slope of the quotient. */
const ratio = (
  scores: Float64Array,
  slope: Float64Array,
  parts: {
    readonly above: readonly (readonly [number, number])[]
    readonly below: readonly (readonly [number, number])[]
  },
): number => {
  const sum = (terms: readonly (readonly [number, number])[]): number =>
    terms.reduce((total, [column, weight]) => total + weight * at(scores, column), 0)
  const above = sum(parts.above)
  const below = sum(parts.below) + leastSpread
  for (const [column, weight] of parts.above) addTo(slope, column, weight / below)
  for (const [column, weight] of parts.below) addTo(slope, column, (-weight * above) / below ** 2)
  return above / below
}

/** The difference of logits ratio (Croce and Hein 2020, arXiv 2003.01690): scaling the scores does not change it. */
const dlr: ScoreLoss = (scores, { label }, slope) => {
  needsClasses(3, scores, 'dlr')
  const [first = 0, , third = 0] = ranked(scores)
  return ratio(scores, slope, {
    above: [
      [bestWrong(scores, label), 1],
      [label, -1],
    ],
    below: [
      [first, 1],
      [third, -1],
    ],
  })
}

/** The same towards one class. */
const targetedDlr: ScoreLoss = (scores, { label, target }, slope) => {
  needsClasses(4, scores, 'targeted-dlr')
  const [first = 0, , third = 0, fourth = 0] = ranked(scores)
  return ratio(scores, slope, {
    above: [
      [target, 1],
      [label, -1],
    ],
    below: [
      [first, 1],
      [third, -0.5],
      [fourth, -0.5],
    ],
  })
}

/** The losses of the scores that attacks climb. `targeted-dlr` and `difference` lead to one class. */
export const scoreLosses = {
  'cross-entropy': crossEntropy,
  margin,
  dlr,
  'targeted-dlr': targetedDlr,
  difference,
} as const satisfies Record<string, ScoreLoss>

/** One of {@link scoreLosses}. */
export type ScoreLossName = keyof typeof scoreLosses

/** The losses that every attack of the stage climbs; an example counts as robust only if it withstands both. */
export const stageLosses = ['cross-entropy', 'margin'] as const satisfies readonly ScoreLossName[]
