import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { copyOf, elementsOf } from './examples.ts'
import { nearestBorders } from './nearest-border.ts'
import { type AttackInputs, type DifferentiableModel, fooledRows } from './objective.ts'
import { nearestOnPlane } from './plane.ts'
import { tighten } from './tighten.ts'

/** Each step goes a little further than the border of the linear model, or it would end on the border. */
const overshoot = 0.02

/**
 * DeepFool (Moosavi-Dezfooli et al. 2016, arXiv 1511.04599): steps across the nearest border of the model's linear
 * approximation until the answer changes, then back along the line as far as it stays changed. Only the `candidates` best
 * scoring classes are looked at.
 *
 * @returns the originals where no step changed the answer
 */
export const attackWithDeepFool = async (
  options: AttackInputs & {
    readonly model: DifferentiableModel
    readonly norm: 'linf' | 'l2'
    readonly steps: number
    readonly candidates: number
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, norm, steps, candidates } = options
  const width = rowLength(inputs)
  const moved = copyOf(inputs)
  for (let step = 0; step < steps; step += 1) {
    const isFooled = fooledRows(await model.scores(moved), model.classes, labels)
    if (!isFooled.includes(false)) break
    const borders = await nearestBorders(model, moved, labels, { norm, candidates })
    borders.forEach(({ gap, slope }, row) => {
      if (isFooled[row]) return
      const example = elementsOf(moved, row)
      const change = nearestOnPlane(norm, example, slope, gap * (1 + overshoot) + Number.MIN_VALUE, domain)
      for (let index = 0; index < width; index += 1) {
        const value = (example[index] ?? 0) + (change[index] ?? 0)
        example[index] = Math.min(domain[1], Math.max(domain[0], value))
      }
    })
  }
  return tighten(model, inputs, labels, moved)
}
