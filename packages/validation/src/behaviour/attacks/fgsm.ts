import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { copyOf, elementsOf, rowOf } from './examples.ts'
import { type Norm, placeInBall, steepestChange } from './norms.ts'
import type { AttackTarget } from './objective.ts'

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015, arXiv 1412.6572): one step of the whole radius along
 * the sign of the slope (in L2 along the slope), kept inside the domain.
 */
export const attackWithFgsm = async (
  target: AttackTarget & { readonly norm?: Exclude<Norm, 'l0'> },
): Promise<FloatTensor> => {
  const { inputs, labels, objective, radius, domain, norm = 'linf' } = target
  const width = rowLength(inputs)
  const slope = await objective.slope(inputs, labels)
  const moved = copyOf(inputs)
  for (let row = 0; row < labels.length; row += 1) {
    const change = steepestChange(norm, rowOf(slope, row, width), radius)
    placeInBall(elementsOf(moved, row), elementsOf(inputs, row), change, { norm, radius, domain })
  }
  return moved
}
