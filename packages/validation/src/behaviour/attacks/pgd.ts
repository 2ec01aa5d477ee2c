import type { SeededRandom } from '@nootropic/core'
import { type FloatTensor, floatArray } from '../dataset.ts'
import type { AttackTarget } from './objective.ts'

/** Steps add up to 2.5 radii, so that an attack can cross the ball from any start (Madry et al. 2018). */
const reach = 2.5

/**
 * Projected gradient descent in the L-infinity ball (Madry et al. 2018, arXiv 1706.06083): `steps` steps along the sign
 * of the slope from a seeded start inside the ball, each projected back into the ball and the domain.
 */
export const attackWithPgd = async (
  target: AttackTarget & { readonly steps: number; readonly random: SeededRandom },
): Promise<FloatTensor> => {
  const { inputs, labels, objective, radius, domain, steps, random } = target
  const data = floatArray(inputs.type, inputs.data.length)
  const moveTo = (index: number, value: number): void => {
    const origin = inputs.data[index] ?? 0
    const least = Math.max(domain[0], origin - radius)
    const greatest = Math.min(domain[1], origin + radius)
    data[index] = Math.min(greatest, Math.max(least, value))
  }
  for (let index = 0; index < data.length; index += 1) {
    moveTo(index, (inputs.data[index] ?? 0) + radius * (2 * random.uniform() - 1))
  }
  const stepLength = (reach * radius) / steps
  for (let step = 0; step < steps; step += 1) {
    const slope = await objective.slope({ ...inputs, data }, labels)
    for (let index = 0; index < data.length; index += 1) {
      moveTo(index, (data[index] ?? 0) + stepLength * Math.sign(slope[index] ?? 0))
    }
  }
  return { ...inputs, data }
}
