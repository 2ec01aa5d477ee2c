import { range, takeRows } from '../rows.ts'
import { type HonestyTarget, type Observation, observe } from './observation.ts'
import { honestyRules } from './rules.ts'

/** Runs that are compared: chance that shows in one of two runs shows in four of five. */
const runs = 4

/** Kernels may add in another order for other batches: what differs by less, as a share of the greatest score, is rounding. */
const tolerance = 1e-5

const greatestDifference = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  let most = 0
  for (let index = 0; index < left.length; index += 1) {
    most = Math.max(most, Math.abs((left[index] ?? Number.NaN) - (right[index] ?? Number.NaN)))
  }
  return most
}

/** Shows the same examples again and again, and one example as a whole batch: the scores must be the same. */
export const checkRandomAnswers = async (target: HonestyTarget): Promise<Observation> => {
  const { model, inputs } = target
  const first = await model.scores(inputs)
  const scale = Array.from(first).reduce((most, score) => Math.max(most, Math.abs(score)), Number.MIN_VALUE)
  let difference = 0
  for (let run = 1; run < runs; run += 1) {
    difference = Math.max(difference, greatestDifference(first, await model.scores(inputs)))
  }
  const repeated = Array.from(await model.scores(takeRows(inputs, new Array<number>(runs).fill(0))))
  for (const row of range(runs)) {
    const copy = repeated.slice(row * model.classes, (row + 1) * model.classes)
    difference = Math.max(difference, greatestDifference(repeated.slice(0, model.classes), copy))
  }
  const relative = difference / scale
  // So written that NaN is random.
  return observe({ scoreSpread: relative }, !(relative <= tolerance), () => ({
    rule: honestyRules['random-answers'],
    message: `expected the same scores for the same input, they differ by ${relative.toPrecision(2)} of the greatest score`,
    evidence: { relative },
  }))
}
