import type { SeededRandom } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import type { Objective } from './objective.ts'

/** The loss of each example, from the forward pass alone. */
export type ForwardLoss = (inputs: FloatTensor, labels: readonly number[]) => Promise<ArrayLike<number>>

/**
 * A black-box objective: simultaneous perturbation (Spall 1992; against networks: Uesato et al. 2018, arXiv 1802.05666).
 * Each of `samples` pairs shifts all elements at once by plus and minus `distance` along a random sign vector; the
 * difference of the losses along it, averaged over the pairs, estimates the slope. It needs no gradient and costs
 * 2 x `samples` forward passes.
 */
export const createSpsaObjective = (options: {
  readonly name: string
  readonly loss: ForwardLoss
  readonly samples: number
  readonly distance: number
  readonly random: SeededRandom
}): Objective => ({
  name: options.name,
  async slope(inputs, labels) {
    const { loss, samples, distance, random } = options
    const width = rowLength(inputs)
    const slope = new Float64Array(inputs.data.length)
    const signs = new Int8Array(inputs.data.length)
    const shifted = (direction: number): FloatTensor => {
      const data = floatArray(inputs.type, inputs.data.length)
      for (let index = 0; index < data.length; index += 1) {
        data[index] = (inputs.data[index] ?? 0) + direction * distance * (signs[index] ?? 0)
      }
      return { ...inputs, data }
    }
    for (let sample = 0; sample < samples; sample += 1) {
      for (let index = 0; index < signs.length; index += 1) signs[index] = random.uniform() < 0.5 ? -1 : 1
      const above = await loss(shifted(1), labels)
      const below = await loss(shifted(-1), labels)
      for (let index = 0; index < slope.length; index += 1) {
        const row = Math.floor(index / width)
        const change = ((above[row] ?? 0) - (below[row] ?? 0)) / (2 * distance)
        slope[index] = (slope[index] ?? 0) + (change * (signs[index] ?? 0)) / samples
      }
    }
    return slope
  },
})
