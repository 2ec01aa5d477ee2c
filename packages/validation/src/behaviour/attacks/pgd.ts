import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { changeBetween, copyOf, elementsOf, rowOf } from './examples.ts'
import { type Norm, placeInBall, randomChange, steepestChange } from './norms.ts'
import type { AttackTarget } from './objective.ts'

/** Steps add up to 2.5 radii, so that an attack can cross the ball from any start (Madry et al. 2018). */
const reach = 2.5

/** How projected gradient descent goes. */
export interface PgdOptions {
  readonly steps: number
  /** Where the random start comes from; without it the attack starts at the example itself. */
  readonly random?: SeededRandom
  readonly norm?: Exclude<Norm, 'l0'>
  /** Length of one step; by default all steps together are 2.5 radii long. */
  readonly stepLength?: number
  /** The share of all former slopes that a step follows as well: 0 for none. */
  readonly momentum?: number
}

/**
 * Projected gradient descent (Madry et al. 2018, arXiv 1706.06083): `steps` steps along the steepest change of the norm,
 * each projected back into the ball and the domain. Without a random start it is the basic iterative method (Kurakin et
 * al. 2017, arXiv 1607.02533); with momentum, the momentum iterative method (Dong et al. 2018, arXiv 1710.06081).
 */
export const attackWithPgd = async (target: AttackTarget & PgdOptions): Promise<FloatTensor> => {
  const { inputs, labels, objective, radius, domain, steps, random, norm = 'linf', momentum = 0 } = target
  const stepLength = target.stepLength ?? (reach * radius) / steps
  const width = rowLength(inputs)
  const bounds = { norm, radius, domain }
  const moved = copyOf(inputs)
  const move = (row: number, change: Float64Array): void =>
    placeInBall(elementsOf(moved, row), elementsOf(inputs, row), change, bounds)
  if (random !== undefined) {
    const start = new Float64Array(width)
    for (let row = 0; row < labels.length; row += 1) {
      randomChange(norm, start, radius, random)
      move(row, start)
    }
  }
  const velocity = momentum === 0 ? undefined : new Float64Array(inputs.data.length)
  for (let step = 0; step < steps; step += 1) {
    const slope = await objective.slope(moved, labels)
    for (let row = 0; row < labels.length; row += 1) {
      let direction = rowOf(slope, row, width)
      if (velocity !== undefined) {
        const length = direction.reduce((sum, value) => sum + Math.abs(value), 0)
        const kept = velocity.subarray(row * width, (row + 1) * width)
        for (let index = 0; index < width; index += 1) {
          kept[index] = momentum * (kept[index] ?? 0) + (length > 0 ? (direction[index] ?? 0) / length : 0)
        }
        direction = kept
      }
      const example = elementsOf(moved, row)
      const canMove = (index: number): boolean => {
        const value = example[index] ?? 0
        return (direction[index] ?? 0) > 0 ? value < domain[1] : value > domain[0]
      }
      const change = changeBetween(example, elementsOf(inputs, row))
      const stride = steepestChange(norm, direction, stepLength, canMove)
      for (let index = 0; index < width; index += 1) change[index] = (change[index] ?? 0) + (stride[index] ?? 0)
      move(row, change)
    }
  }
  return moved
}
