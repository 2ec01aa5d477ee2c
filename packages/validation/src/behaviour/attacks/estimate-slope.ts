import type { SeededRandom } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import type { AttackedModel, DifferentiableModel } from './objective.ts'

/** How a slope is estimated from values alone. */
export interface SlopeEstimate {
  /** Pairs of forward passes. */
  readonly samples: number
  /** How far the two passes of a pair lie apart, half, in the inputs' own unit. */
  readonly distance: number
  readonly random: SeededRandom
}

/** Random signs for SPSA, normal numbers for NES. */
type Directions = 'signs' | 'normal'

/**
 * Estimates a slope by shifting all elements at once, plus and minus `distance` along `samples` random directions: the
 * difference of the values along each, averaged. Along random signs it is simultaneous perturbation (SPSA: Spall 1992;
 * against networks Uesato et al. 2018, arXiv 1802.05666), along normal ones natural evolution strategies with antithetic
 * sampling (NES: Ilyas et al. 2018, arXiv 1804.08598).
 *
 * @param values one value an example.
 */
export const estimateSlope = async (
  values: (inputs: FloatTensor) => Promise<ArrayLike<number>>,
  inputs: FloatTensor,
  { samples, distance, random }: SlopeEstimate,
  directions: Directions,
): Promise<Float64Array> => {
  const width = rowLength(inputs)
  const slope = new Float64Array(inputs.data.length)
  const direction = new Float64Array(inputs.data.length)
  const shifted = (by: number): FloatTensor => {
    const data = floatArray(inputs.type, inputs.data.length)
    for (let index = 0; index < data.length; index += 1) {
      data[index] = (inputs.data[index] ?? 0) + by * (direction[index] ?? 0)
    }
    return { ...inputs, data }
  }
  for (let sample = 0; sample < samples; sample += 1) {
    for (let index = 0; index < direction.length; index += 1) {
      direction[index] = directions === 'normal' ? random.normal() : random.uniform() < 0.5 ? -1 : 1
    }
    const above = await values(shifted(distance))
    const below = await values(shifted(-distance))
    for (let index = 0; index < slope.length; index += 1) {
      const row = Math.floor(index / width)
      const change = ((above[row] ?? 0) - (below[row] ?? 0)) / (2 * distance)
      slope[index] = (slope[index] ?? 0) + (change * (direction[index] ?? 0)) / samples
    }
  }
  return slope
}

/** A model whose slope is estimated from its scores: white-box attacks then run on a black box, at its price. */
export const withEstimatedSlope = (
  model: AttackedModel,
  estimate: SlopeEstimate,
  directions: Directions,
): DifferentiableModel => ({
  ...model,
  slope: (inputs, weights) => {
    const weighted = async (shifted: FloatTensor): Promise<Float64Array> => {
      const scores = await model.scores(shifted)
      return Float64Array.from({ length: inputs.dims[0] ?? 0 }, (_, row) => {
        let sum = 0
        for (let index = row * model.classes; index < (row + 1) * model.classes; index += 1) {
          // A score without weight may be infinite, as the logarithm of a vanished probability is.
          if (weights[index] !== 0) sum += (weights[index] ?? 0) * (scores[index] ?? Number.NaN)
        }
        return sum
      })
    }
    return estimateSlope(weighted, inputs, estimate, directions)
  },
})
