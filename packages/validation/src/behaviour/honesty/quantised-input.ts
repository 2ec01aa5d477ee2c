import { createSeededRandom } from '@nootropic/core'
import { copyOf, elementsOf } from '../attacks/examples.ts'
import type { FloatTensor } from '../dataset.ts'
import { range, rowLength } from '../rows.ts'
import { type HonestyTarget, type Observation, observe, percent, type Unchecked } from './observation.ts'
import { honestyRules } from './rules.ts'

/** First the examples are moved a little, off the borders of steps that their own values may lie on. */
const jitter = 0.01
/** Then a few elements are moved by less than half a step of 8 bits, which is 0.002; and once more by more. */
const smallChange = 1e-4
const largeChange = 0.1
/** Few, so that hardly one of them crosses a border by chance; of those that vary most between examples. */
const moved = 16

/** Above this share of examples a small change changes nothing. */
const maximumShare = 0.5

/** Fewer examples say nothing. */
const leastExamples = 4

/** Probabilities that are one or nothing have lost what would move. */
const saturated = 1e-20

/** The places that vary most from example to example. */
const variedPlaces = (inputs: FloatTensor, count: number): number[] => {
  const width = rowLength(inputs)
  const rows = range(inputs.dims[0] ?? 0)
  const spread = range(width).map((column) => {
    const values = rows.map((row) => inputs.data[row * width + column] ?? 0)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  })
  return range(width)
    .sort((left, right) => (spread[right] ?? 0) - (spread[left] ?? 0) || left - right)
    .slice(0, count)
}

/**
 * Whether small changes of the input change nothing at all while larger ones do. It needs no gradient, so it sees rounding
 * where no gradient can be derived.
 */
export const checkQuantisedInput = async (target: HonestyTarget): Promise<Observation | Unchecked> => {
  const { model, inputs, labels, domain, seed } = target
  const [least, greatest] = domain
  const random = createSeededRandom(seed)
  const change = (value: number, amount: number): number =>
    Math.min(greatest, Math.max(least, value + amount * (greatest - least)))
  const base = copyOf(inputs)
  for (let index = 0; index < base.data.length; index += 1) {
    base.data[index] = change(base.data[index] ?? 0, jitter * (2 * random.uniform() - 1))
  }
  const places = variedPlaces(inputs, moved)
  const movedBy = (amount: number): FloatTensor => {
    const copy = copyOf(base)
    for (const row of range(labels.length)) {
      const example = elementsOf(copy, row)
      for (const place of places) {
        const value = example[place] ?? 0
        // Away from the nearer end of the domain, so that nothing is cut off.
        example[place] = change(value, value - least < greatest - value ? amount : -amount)
      }
    }
    return copy
  }
  const scores = await model.scores(base)
  const small = await model.scores(movedBy(smallChange))
  const large = await model.scores(movedBy(largeChange))
  const isSame = (row: number, other: ArrayLike<number>): boolean =>
    range(model.classes).every((column) => scores[row * model.classes + column] === other[row * model.classes + column])
  const isSaturated = (row: number): boolean => {
    const all = range(model.classes).map((column) => scores[row * model.classes + column] ?? 0)
    const best = Math.max(...all)
    return all.filter((score) => Math.exp(score - best) > saturated).length === 1
  }
  const rows = range(labels.length).filter((row) => !target.hadProbabilities || !isSaturated(row))
  if (rows.length < leastExamples)
    return { unchecked: 'nearly all scores are saturated: small changes cannot show in them' }
  const share = rows.filter((row) => isSame(row, small) && !isSame(row, large)).length / rows.length
  return observe({ plateauShare: share }, share > maximumShare, () => ({
    rule: honestyRules['quantised-input'],
    message: `expected every change of the input to change the scores, one of ${smallChange} of the domain changes nothing for ${percent(share)} of ${rows.length} examples and one of ${largeChange} does`,
    evidence: { share },
  }))
}
