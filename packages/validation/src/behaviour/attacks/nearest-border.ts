import type { FloatTensor } from '../dataset.ts'
import { range, rowLength } from '../rows.ts'
import { rowOf } from './examples.ts'
import { type Norm, sizeOf } from './norms.ts'
import { type AttackedModel, type DifferentiableModel, evaluate } from './objective.ts'

/** Where the model's linear approximation changes its answer. */
export interface Border {
  /** How far the right score is ahead of the other; negative behind the border. */
  readonly gap: number
  /** The slope of the other score less the right one. */
  readonly slope: Float64Array
}

const dual = { linf: 'l1', l2: 'l2', l1: 'linf' } as const

/** For each example the classes besides its label, best scoring first. */
export const rankRivals = async (
  model: AttackedModel,
  inputs: FloatTensor,
  labels: readonly number[],
): Promise<number[][]> => {
  const scores = await model.scores(inputs)
  return labels.map((label, row) => {
    const score = (column: number): number => scores[row * model.classes + column] ?? Number.NaN
    return range(model.classes)
      .filter((column) => column !== label)
      .sort((left, right) => score(right) - score(left) || left - right)
  })
}

/**
 * For each example the nearest border, in the norm, between its label and one of the `candidates` best scoring other
 * classes, or `targets` where those are given. It costs one slope for each candidate.
 */
export const nearestBorders = async (
  model: DifferentiableModel,
  inputs: FloatTensor,
  labels: readonly number[],
  options: {
    readonly norm: Exclude<Norm, 'l0'>
    readonly candidates: number
    readonly targets?: readonly number[] | undefined
  },
): Promise<Border[]> => {
  const { norm, targets } = options
  const width = rowLength(inputs)
  const rivals = targets === undefined ? await rankRivals(model, inputs, labels) : []
  const rounds = targets === undefined ? Math.min(options.candidates, model.classes - 1) : 1
  const nearest = labels.map((): Border & { distance: number } => ({
    gap: Number.NaN,
    slope: new Float64Array(width),
    distance: Number.POSITIVE_INFINITY,
  }))
  for (let round = 0; round < rounds; round += 1) {
    const others = targets ?? rivals.map((columns) => columns[round] ?? 0)
    const { losses, slope } = await evaluate(model, 'difference', inputs, labels, others)
    losses.forEach((lead, row) => {
      const part = rowOf(slope, row, width)
      const steepness = sizeOf(dual[norm], part)
      const distance = steepness === 0 ? Number.MAX_VALUE : Math.abs(lead) / steepness
      if (distance < (nearest[row]?.distance ?? 0)) nearest[row] = { gap: -lead, slope: part, distance }
    })
  }
  return nearest
}
