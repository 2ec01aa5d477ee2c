import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { changeBetween, copyOf, elementsOf } from './examples.ts'
import { nearestBorders } from './nearest-border.ts'
import { type Norm, randomChange, sizeOf } from './norms.ts'
import { type AttackInputs, type DifferentiableModel, fooledRows } from './objective.ts'
import { nearestOnPlane } from './plane.ts'
import { createNearest, tighten } from './tighten.ts'

/** The constants of the paper: how much a step leans to the original, oversteps the border, and goes back behind it. */
const greatestLean = 0.1
const overstep = 1.05
const backward = 0.9

/**
 * The fast adaptive boundary attack (Croce and Hein 2020, arXiv 1907.02044): steps onto the border of the linear
 * approximation that lean towards the original, so that the answer changes as near to it as can be.
 *
 * @returns the originals where the answer was never changed
 */
export const attackWithFab = async (
  options: AttackInputs & {
    readonly model: DifferentiableModel
    readonly norm: Exclude<Norm, 'l0'>
    readonly steps: number
    readonly candidates: number
    /** The class that each example shall be taken for, if only that. */
    readonly targets?: readonly number[]
    /** Where to begin: half of this far from the original, at random; without it at the original. */
    readonly start?: { readonly radius: number; readonly random: SeededRandom }
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, norm, steps, candidates, targets, start } = options
  const width = rowLength(inputs)
  const clip = (value: number): number => Math.min(domain[1], Math.max(domain[0], value))
  const moved = copyOf(inputs)
  if (start !== undefined) {
    const change = new Float64Array(width)
    for (let row = 0; row < labels.length; row += 1) {
      randomChange(norm, change, start.radius / 2, start.random)
      const example = elementsOf(moved, row)
      example.forEach((value, index) => {
        example[index] = clip(value + (change[index] ?? 0))
      })
    }
  }
  const nearest = createNearest(inputs, labels.length)
  for (let step = 0; step < steps; step += 1) {
    const borders = await nearestBorders(model, moved, labels, { norm, candidates, targets })
    borders.forEach(({ gap, slope }, row) => {
      const [example, origin] = [elementsOf(moved, row), elementsOf(inputs, row)]
      // Behind the border the way back to it goes down the slope.
      const uphill = gap >= 0 ? slope : slope.map((value) => -value)
      const change = nearestOnPlane(norm, example, uphill, Math.abs(gap), domain)
      const away = changeBetween(example, origin)
      const gapOfOrigin = gap + away.reduce((sum, value, index) => sum + value * (slope[index] ?? 0), 0)
      const changeOfOrigin = nearestOnPlane(norm, origin, slope, gapOfOrigin, domain)
      const [near, far] = [sizeOf(norm, change), sizeOf(norm, changeOfOrigin)]
      const lean = near + far === 0 ? 0 : Math.min(near / (near + far), greatestLean)
      for (let index = 0; index < width; index += 1) {
        const own = (example[index] ?? 0) + overstep * (change[index] ?? 0)
        const original = (origin[index] ?? 0) + overstep * (changeOfOrigin[index] ?? 0)
        example[index] = clip((1 - lean) * own + lean * original)
      }
    })
    fooledRows(await model.scores(moved), model.classes, labels).forEach((is, row) => {
      if (!is) return
      const [example, origin] = [elementsOf(moved, row), elementsOf(inputs, row)]
      const away = changeBetween(example, origin)
      nearest.offer(row, example, sizeOf(norm, away))
      away.forEach((value, index) => {
        example[index] = (origin[index] ?? 0) + backward * value
      })
    })
  }
  return tighten(model, inputs, labels, nearest.found)
}
