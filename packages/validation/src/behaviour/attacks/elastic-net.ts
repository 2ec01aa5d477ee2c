import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { changeBetween, copyOf, elementsOf } from './examples.ts'
import { sizeOf } from './norms.ts'
import { type AttackInputs, type DifferentiableModel, evaluate, fooledRows } from './objective.ts'
import { createNearest, tighten } from './tighten.ts'
import { createTradeOff } from './trade-off.ts'

/** The squared L2 size of a change plus `beta` times its L1 size. */
export const elasticSize = (change: ArrayLike<number>, beta: number): number =>
  sizeOf('l2', change) ** 2 + beta * sizeOf('l1', change)

/**
 * The elastic-net attack (Chen et al. 2018, arXiv 1709.04114): the loss of Carlini and Wagner with `beta` times the L1 size
 * of the change added, so that few elements change, solved by the fast iterative shrinkage-thresholding algorithm (Beck
 * and Teboulle 2009). Sizes count in units of the domain's width.
 *
 * @returns the originals where the answer was never changed
 */
export const attackWithElasticNet = async (
  options: AttackInputs & {
    readonly model: DifferentiableModel
    readonly beta: number
    readonly searches: number
    readonly steps: number
    readonly rate?: number
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, beta, searches, steps, rate = 0.01 } = options
  const width = rowLength(inputs)
  const scale = domain[1] - domain[0]
  const nearest = createNearest(inputs, labels.length)
  const tradeOff = createTradeOff(labels.length, 1)
  const elements = inputs.data.length
  for (let search = 0; search < searches; search += 1) {
    const ahead = copyOf(inputs)
    const moved = copyOf(inputs)
    const isFooled = labels.map(() => false)
    for (let step = 0; step < steps; step += 1) {
      const { losses, slope } = await evaluate(model, 'margin', ahead, labels)
      const stride = rate * Math.sqrt(1 - step / steps)
      for (let index = 0; index < elements; index += 1) {
        const origin = inputs.data[index] ?? 0
        const weight =
          (losses[Math.floor(index / width)] ?? 0) > 0 ? 0 : (tradeOff.weights[Math.floor(index / width)] ?? 0)
        const change = ((ahead.data[index] ?? 0) - origin) / scale
        const down = 2 * change - weight * (slope[index] ?? 0) * scale
        const free = change - stride * down
        const shrunk = Math.sign(free) * Math.max(0, Math.abs(free) - stride * beta)
        const value = Math.min(domain[1], Math.max(domain[0], origin + shrunk * scale))
        const former = moved.data[index] ?? 0
        moved.data[index] = value
        ahead.data[index] = Math.min(domain[1], Math.max(domain[0], value + (step / (step + 3)) * (value - former)))
      }
      fooledRows(await model.scores(moved), model.classes, labels).forEach((is, row) => {
        if (!is) return
        isFooled[row] = true
        const change = changeBetween(elementsOf(moved, row), elementsOf(inputs, row)).map((value) => value / scale)
        nearest.offer(row, elementsOf(moved, row), elasticSize(change, beta))
      })
    }
    isFooled.forEach((is, row) => {
      tradeOff.choose(row, is)
    })
  }
  return tighten(model, inputs, labels, nearest.found)
}
