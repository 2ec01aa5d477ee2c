import { NootropicError } from '@nootropic/core'
import type { Dataset, FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { type ScoreLossName, scoreLosses } from './score-losses.ts'

/**
 * What an attack climbs: the loss of each example and its slope with regard to that example. White-box objectives read
 * the slope from a gradient graph, black-box ones estimate it from the loss; an attack cannot tell them apart.
 */
export interface Objective {
  readonly name: string
  /** The slope at `inputs`, row-major and as long as `inputs.data`. */
  slope(inputs: FloatTensor, labels: readonly number[]): Promise<ArrayLike<number>>
}

/** What every attack is given. */
export interface AttackInputs {
  readonly inputs: FloatTensor
  readonly labels: readonly number[]
  /** The least and the greatest value that an element may have. */
  readonly domain: Dataset['domain']
}

/** Elements may lie this share of the domain's width outside it: normalising in float32 rounds. */
const domainSlack = 1e-5

/** Whether all elements lie in the domain; where they do not, cutting them to it would carry them out of any ball. */
export const isInDomain = ({ data }: FloatTensor, [least, greatest]: AttackInputs['domain']): boolean => {
  const slack = domainSlack * (greatest - least)
  return data.every((value) => value >= least - slack && value <= greatest + slack)
}

/** What an attack that climbs one objective inside a ball is given. */
export interface AttackTarget extends AttackInputs {
  readonly objective: Objective
  /** Radius of the ball, in the inputs' own unit. */
  readonly radius: number
}

/** A classifier as black-box attacks see it. */
export interface AttackedModel {
  /** Two or more. */
  readonly classes: number
  /** The class scores, row-major; logits, up to a constant a row. */
  scores(inputs: FloatTensor): Promise<ArrayLike<number>>
}

/** A classifier as white-box attacks see it. */
export interface DifferentiableModel extends AttackedModel {
  /**
   * The slope, with regard to the inputs, of each example's scores summed with `weights` (row-major, `classes` a row).
   * Every loss of the scores has its slope in this form, so attacks are free in their losses.
   */
  slope(inputs: FloatTensor, weights: Float64Array): Promise<ArrayLike<number>>
}

/** A loss of the scores, with where it leads. */
export interface Evaluation {
  /** One value an example. */
  readonly losses: Float64Array
  readonly scores: ArrayLike<number>
  /** As long as the inputs' data. */
  readonly slope: ArrayLike<number>
}

/** @throws NootropicError `OUTPUT_INVALID` */
export const verifyFinite = (values: ArrayLike<number>, what: string): void => {
  for (let index = 0; index < values.length; index += 1) {
    if (Number.isFinite(values[index])) continue
    throw new NootropicError(
      'OUTPUT_INVALID',
      `expected finite ${what}, found ${values[index]} at element ${index}: no attack can climb it; check the inputs' scaling`,
    )
  }
}

/**
 * The loss of each example from the scores alone.
 *
 * @param targets the class that each example shall be taken for, where the loss has one.
 */
export const lossesOf = (
  loss: ScoreLossName,
  scores: ArrayLike<number>,
  classes: number,
  labels: readonly number[],
  targets: readonly number[] = [],
): { readonly losses: Float64Array; readonly weights: Float64Array } => {
  const weights = new Float64Array(labels.length * classes)
  const losses = new Float64Array(labels.length)
  const row = new Float64Array(classes)
  labels.forEach((label, place) => {
    for (let column = 0; column < classes; column += 1) row[column] = scores[place * classes + column] ?? Number.NaN
    const part = weights.subarray(place * classes, (place + 1) * classes)
    losses[place] = scoreLosses[loss](row, { label, target: targets[place] ?? -1 }, part)
  })
  return { losses, weights }
}

/**
 * The scores, the loss and its slope at `inputs`.
 *
 * @throws NootropicError `OUTPUT_INVALID` when one of them is not finite
 */
export const evaluate = async (
  model: DifferentiableModel,
  loss: ScoreLossName,
  inputs: FloatTensor,
  labels: readonly number[],
  targets?: readonly number[],
): Promise<Evaluation> => {
  const scores = await model.scores(inputs)
  verifyFinite(scores, 'scores')
  const { losses, weights } = lossesOf(loss, scores, model.classes, labels, targets)
  const slope = await model.slope(inputs, weights)
  if (slope.length !== labels.length * rowLength(inputs)) {
    throw new NootropicError(
      'OUTPUT_INVALID',
      `expected a slope of ${inputs.data.length} elements, found ${slope.length}`,
    )
  }
  verifyFinite(slope, 'slopes')
  return { losses, scores, slope }
}

/** A loss of a model as one objective to climb. */
export const objectiveOf = (
  model: DifferentiableModel,
  loss: ScoreLossName,
  targets?: readonly number[],
): Objective => ({
  name: loss,
  slope: async (inputs, labels) => (await evaluate(model, loss, inputs, labels, targets)).slope,
})

/**
 * Which examples are answered otherwise than labelled; of equal scores the first class is the answer. A row that holds NaN
 * is answered not at all and is no success.
 */
export const fooledRows = (scores: ArrayLike<number>, classes: number, labels: readonly number[]): boolean[] =>
  labels.map((label, row) => {
    const { other, lead } = bestOther(scores, classes, row, label)
    return lead > 0 || (lead === 0 && other < label)
  })

/** The best wrong class of a row, and how far it is ahead of the right one; `lead` is NaN where a score is. */
export const bestOther = (
  scores: ArrayLike<number>,
  classes: number,
  row: number,
  label: number,
): { readonly other: number; readonly lead: number } => {
  let other = -1
  let best = Number.NEGATIVE_INFINITY
  let hasNaN = false
  for (let column = 0; column < classes; column += 1) {
    const score = scores[row * classes + column] ?? Number.NaN
    if (Number.isNaN(score)) hasNaN = true
    if (column !== label && score > best) {
      best = score
      other = column
    }
  }
  return { other, lead: hasNaN ? Number.NaN : best - (scores[row * classes + label] ?? Number.NaN) }
}
