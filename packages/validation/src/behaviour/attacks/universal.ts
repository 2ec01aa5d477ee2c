import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { copyOf, elementsOf } from './examples.ts'
import { type Norm, placeInBall, projectOntoBall, steepestChange } from './norms.ts'
import type { AttackTarget } from './objective.ts'

/** Steps add up to this many radii. */
const reach = 2.5

/** One change that is added to every example. */
export interface UniversalPerturbation {
  readonly change: Float64Array
  readonly found: FloatTensor
}

/** The examples with the same change added to each, inside the ball and the domain. */
export const addToAll = (
  inputs: FloatTensor,
  change: Float64Array,
  bounds: { readonly norm: Norm; readonly radius: number; readonly domain: readonly [number, number] },
): FloatTensor => {
  const moved = copyOf(inputs)
  for (let row = 0; row < (inputs.dims[0] ?? 0); row += 1) {
    placeInBall(elementsOf(moved, row), elementsOf(inputs, row), Float64Array.from(change), bounds)
  }
  return moved
}

/**
 * A universal perturbation (Moosavi-Dezfooli et al. 2017, arXiv 1610.08401), found as Shafahi et al. (2020, arXiv 1811.11304)
 * do: ascent of the mean loss over all examples in one change that they share. Whoever finds one for some examples can
 * add it to others: try it with {@link addToAll} on examples that it was not made from.
 */
export const findUniversalPerturbation = async (
  target: AttackTarget & { readonly norm: 'linf' | 'l2'; readonly steps: number },
): Promise<UniversalPerturbation> => {
  const { inputs, labels, objective, radius, norm, steps } = target
  const width = rowLength(inputs)
  const change = new Float64Array(width)
  for (let step = 0; step < steps; step += 1) {
    const slope = await objective.slope(addToAll(inputs, change, target), labels)
    const mean = new Float64Array(width)
    for (let index = 0; index < slope.length; index += 1) {
      mean[index % width] = (mean[index % width] ?? 0) + (slope[index] ?? 0) / labels.length
    }
    steepestChange(norm, mean, (reach * radius) / steps).forEach((value, index) => {
      change[index] = (change[index] ?? 0) + value
    })
    projectOntoBall(norm, change, radius)
  }
  return { change, found: addToAll(inputs, change, target) }
}
