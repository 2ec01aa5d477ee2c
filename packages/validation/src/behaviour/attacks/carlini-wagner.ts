import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { createAdam } from './adam.ts'
import { changeBetween, copyOf, elementsOf } from './examples.ts'
import { sizeOf } from './norms.ts'
import { type AttackInputs, type DifferentiableModel, evaluate } from './objective.ts'
import { createNearest, tighten } from './tighten.ts'
import { createTradeOff } from './trade-off.ts'

/** Keeps the inverse of the hyperbolic tangent finite at the ends of the domain. */
const insideDomain = 1 - 1e-6

/** How far the hidden variable of an element at the end of the domain is from that of one in its middle, and a little more. */
const wayToTheMiddle = 8

/** The rate of the paper, which takes its thousand steps. Adam moves by a rate a step at most, so fewer have to be longer. */
const rateFor = (steps: number): number => Math.max(0.01, wayToTheMiddle / steps)

/**
 * The L2 attack of Carlini and Wagner (2017, arXiv 1608.04644): Adam over the squared size of the change plus a weight
 * times how far the right class is ahead, in a variable whose hyperbolic tangent is the input, so that it never leaves
 * the domain. `searches` weights are tried, `steps` steps each. Sizes count in units of the domain's width.
 *
 * @returns the originals where the answer was never changed
 */
export const attackWithCarliniWagner = async (
  options: AttackInputs & {
    readonly model: DifferentiableModel
    readonly searches: number
    readonly steps: number
    /** Adam's; without it as long as the steps need it to be. */
    readonly rate?: number
    /** How far the wrong class shall be ahead. */
    readonly confidence?: number
  },
): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, searches, steps, confidence = 0 } = options
  const rate = options.rate ?? rateFor(steps)
  const width = rowLength(inputs)
  const middle = (domain[0] + domain[1]) / 2
  const half = (domain[1] - domain[0]) / 2
  const start = Float64Array.from(inputs.data, (value) => Math.atanh(((value - middle) / half) * insideDomain))
  const nearest = createNearest(inputs, labels.length)
  const tradeOff = createTradeOff(labels.length, 1)
  const moved = copyOf(inputs)
  for (let search = 0; search < searches; search += 1) {
    const hidden = Float64Array.from(start)
    const adam = createAdam(hidden.length, rate)
    const isFooled = labels.map(() => false)
    for (let step = 0; step < steps; step += 1) {
      hidden.forEach((value, index) => {
        moved.data[index] = middle + half * Math.tanh(value)
      })
      const { losses, slope } = await evaluate(model, 'margin', moved, labels)
      adam.next()
      losses.forEach((lead, row) => {
        const example = elementsOf(moved, row)
        if (lead > confidence) {
          isFooled[row] = true
          nearest.offer(row, example, sizeOf('l2', changeBetween(example, elementsOf(inputs, row))))
        }
        const weight = lead > confidence ? 0 : (tradeOff.weights[row] ?? 0)
        for (let index = row * width; index < (row + 1) * width; index += 1) {
          const share = Math.tanh(hidden[index] ?? 0)
          const change = ((moved.data[index] ?? 0) - (inputs.data[index] ?? 0)) / (2 * half)
          const down = 2 * change - weight * (slope[index] ?? 0) * 2 * half
          hidden[index] = (hidden[index] ?? 0) + adam.step(index, (down * (1 - share * share)) / 2)
        }
      })
    }
    isFooled.forEach((is, row) => {
      tradeOff.choose(row, is)
    })
  }
  return confidence > 0 ? nearest.found : tighten(model, inputs, labels, nearest.found)
}
