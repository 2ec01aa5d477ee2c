import type { FloatTensor } from '../dataset.ts'
import { copyOf, elementsOf } from './examples.ts'
import { nearestBorders } from './nearest-border.ts'
import { type AttackInputs, type DifferentiableModel, fooledRows } from './objective.ts'
import { nearestOnPlane } from './plane.ts'
import { tighten } from './tighten.ts'

/** The sum of all steps is made this much longer, or it would end on the border. */
const overshoot = 0.02

/** Added to each gap, in units of the scores: an example on the border itself has to leave it. */
const leastGap = 1e-6

/**
 * Steps are planned as if there were no domain, and cut to it afterwards, as in the paper: the short steps that this makes
 * lead to nearer borders than the exact step inside the domain does.
 */
const everywhere = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const

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
  const clip = (value: number): number => Math.min(domain[1], Math.max(domain[0], value))
  const moved = copyOf(inputs)
  const found = copyOf(inputs)
  for (let step = 0; step < steps; step += 1) {
    const isFooled = fooledRows(await model.scores(found), model.classes, labels)
    if (!isFooled.includes(false)) break
    const borders = await nearestBorders(model, moved, labels, { norm, candidates })
    borders.forEach(({ gap, slope }, row) => {
      if (isFooled[row]) return
      const [example, origin, longer] = [elementsOf(moved, row), elementsOf(inputs, row), elementsOf(found, row)]
      const change = nearestOnPlane(norm, example, slope, Math.abs(gap) + leastGap, everywhere)
      change.forEach((amount, index) => {
        const start = origin[index] ?? 0
        const value = clip((example[index] ?? 0) + (gap < 0 ? -amount : amount))
        example[index] = value
        longer[index] = clip(start + (1 + overshoot) * (value - start))
      })
    })
  }
  return tighten(model, inputs, labels, found)
}
