import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { changeBetween, copyOf, elementsOf, rowOf } from './examples.ts'
import { greatestPlaces, sizeOf } from './norms.ts'
import { type AttackInputs, type DifferentiableModel, evaluate, fooledRows } from './objective.ts'

type SparseTarget = AttackInputs & {
  readonly model: DifferentiableModel
  /** Elements that may be changed. */
  readonly most: number
}

/**
 * The saliency map attack (Papernot et al. 2016, arXiv 1511.07528) one element at a time: each step moves the element
 * that promises most, slope times room, to the end of the domain, until the answer changes or `most` are changed.
 */
export const attackWithSaliencyMap = async (target: SparseTarget): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, most } = target
  const width = rowLength(inputs)
  const moved = copyOf(inputs)
  for (let step = 0; step < Math.min(most, width); step += 1) {
    const { scores, slope } = await evaluate(model, 'margin', moved, labels)
    const isFooled = fooledRows(scores, model.classes, labels)
    if (!isFooled.includes(false)) break
    isFooled.forEach((is, row) => {
      if (is) return
      const [example, origin] = [elementsOf(moved, row), elementsOf(inputs, row)]
      const end = (index: number): number => ((slope[row * width + index] ?? 0) > 0 ? domain[1] : domain[0])
      let [best, promise] = [-1, 0]
      for (let index = 0; index < width; index += 1) {
        // What was changed once stays changed, or the same element would be counted twice.
        if (example[index] !== origin[index]) continue
        const gain = (slope[row * width + index] ?? 0) * (end(index) - (example[index] ?? 0))
        if (gain > promise) [best, promise] = [index, gain]
      }
      if (best !== -1) example[best] = end(best)
    })
  }
  return moved
}

/**
 * Projected gradient descent in the L0 ball (Croce and Hein 2019, arXiv 1909.05040): each step follows the whole slope, then
 * only those `most` elements keep their change whose change inside the domain counts most.
 */
export const attackWithSparsePgd = async (target: SparseTarget & { readonly steps: number }): Promise<FloatTensor> => {
  const { model, inputs, labels, domain, most, steps } = target
  const width = rowLength(inputs)
  const moved = copyOf(inputs)
  const result = copyOf(inputs)
  const isDone = labels.map(() => false)
  // Long enough that one element can cross the domain in one step even when the slope is shared by many.
  const stride = (domain[1] - domain[0]) * Math.max(1, most)
  for (let step = 0; step <= steps && isDone.includes(false); step += 1) {
    const { scores, slope } = await evaluate(model, 'margin', moved, labels)
    fooledRows(scores, model.classes, labels).forEach((is, row) => {
      if (!is || isDone[row]) return
      isDone[row] = true
      elementsOf(result, row).set(elementsOf(moved, row))
    })
    labels.forEach((_, row) => {
      const [example, origin] = [elementsOf(moved, row), elementsOf(inputs, row)]
      const part = rowOf(slope, row, width)
      const length = sizeOf('l1', part) || 1
      const wanted = changeBetween(example, origin).map(
        (value, index) => value + (stride * (part[index] ?? 0)) / length,
      )
      const allowed = wanted.map((value, index) => {
        const start = origin[index] ?? 0
        return Math.min(domain[1], Math.max(domain[0], start + value)) - start
      })
      // How much nearer to the wanted point an element brings: the criterion of the paper's projection.
      const counts = wanted.map((value, index) => value * value - (value - (allowed[index] ?? 0)) ** 2)
      const kept = new Set(greatestPlaces(counts, most))
      example.forEach((_value, index) => {
        example[index] = (origin[index] ?? 0) + (kept.has(index) ? (allowed[index] ?? 0) : 0)
      })
    })
  }
  isDone.forEach((is, row) => {
    if (!is) elementsOf(result, row).set(elementsOf(moved, row))
  })
  return result
}
