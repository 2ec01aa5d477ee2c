import { bestOther, type DifferentiableModel, evaluate } from '../attacks/objective.ts'
import { range, rowLength } from '../rows.ts'
import { type HonestyTarget, type Observation, observe, percent } from './observation.ts'
import { honestyRules } from './rules.ts'

/** Above this share of examples a loss has no slope. Sound models of the tests have one at every example. */
const maximumShare = 0.1

/**
 * Where every wrong class lies so far behind, its probability is below 1e-30: the cross-entropy's slope is nothing in
 * float32, and a probability that was put out has lost it.
 */
const saturatedLead = 69

/** Rows of `values` that hold nothing but zeros. */
const flatRows = (values: ArrayLike<number>, width: number, rows: number): boolean[] =>
  range(rows).map((row) => range(width).every((column) => values[row * width + column] === 0))

/** The share of examples at which the margin has no slope at all. */
export const checkMaskedGradient = async (
  target: HonestyTarget & { readonly model: DifferentiableModel },
): Promise<Observation> => {
  const { model, inputs, labels } = target
  const { slope } = await evaluate(model, 'margin', inputs, labels)
  const flat = flatRows(slope, rowLength(inputs), labels.length)
  const share = flat.filter(Boolean).length / labels.length
  return observe({ zeroSlopeShare: share }, share > maximumShare, () => ({
    rule: honestyRules['masked-gradient'],
    message: `expected a slope of the margin at every example, ${percent(share)} of ${labels.length} have none`,
    evidence: { zeroSlopeShare: share },
  }))
}

/** The share of examples whose cross-entropy is flat in floating point while their margin has a slope. */
export const checkLossSaturation = async (
  target: HonestyTarget & { readonly model: DifferentiableModel },
): Promise<Observation> => {
  const { model, inputs, labels } = target
  const { slope, scores } = await evaluate(model, 'margin', inputs, labels)
  const flat = flatRows(slope, rowLength(inputs), labels.length)
  const isSaturated = (row: number): boolean =>
    flat[row] === false && bestOther(scores, model.classes, row, labels[row] ?? -1).lead <= -saturatedLead
  const share = range(labels.length).filter(isSaturated).length / labels.length
  return observe({ saturatedShare: share }, share > maximumShare, () => ({
    rule: honestyRules['saturated-loss'],
    message: `expected a cross-entropy with a slope at every example, that of ${percent(share)} of ${labels.length} is flat while their margin is not`,
    evidence: { saturatedShare: share },
  }))
}
