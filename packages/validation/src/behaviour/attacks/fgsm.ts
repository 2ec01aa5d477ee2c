import { type FloatTensor, floatArray } from '../dataset.ts'
import type { AttackTarget } from './objective.ts'

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015, arXiv 1412.6572): one step of the whole radius along
 * the sign of the slope, kept inside the domain.
 */
export const attackWithFgsm = async (target: AttackTarget): Promise<FloatTensor> => {
  const { inputs, labels, objective, radius, domain } = target
  const slope = await objective.slope(inputs, labels)
  const data = floatArray(inputs.type, inputs.data.length)
  for (let index = 0; index < data.length; index += 1) {
    const moved = (inputs.data[index] ?? 0) + radius * Math.sign(slope[index] ?? 0)
    data[index] = Math.min(domain[1], Math.max(domain[0], moved))
  }
  return { ...inputs, data }
}
