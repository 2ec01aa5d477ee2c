import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import type { ApgdOptions } from './apgd.ts'
import { placeInBoxedL1 } from './boxed-l1.ts'
import { changeBetween, copyOf, elementsOf, rowOf } from './examples.ts'
import { greatestPlaces, sizeOf } from './norms.ts'
import { evaluate, fooledRows } from './objective.ts'

/** Elements that the first steps move, as a share of all. */
const firstShare = 0.2
/** Steps between checkpoints, as a share of all. */
const gapShare = 0.04
/** At a checkpoint a step moves this many times fewer elements than the best example so far has changed. */
const thinning = 1.5
/** The change counts as thinner when fewer than this share of its elements are left. */
const thinnerShare = 0.95
/** What a step is shortened by while the change grows no thinner, and how short it may become. */
const shortening = 1.5
const shortest = 0.1

interface Progress {
  stride: number
  share: number
  changed: number
  bestLoss: number
}

/** The step of L1 length `stride` along the steepest elements, all alike. */
const sparseStep = (slope: ArrayLike<number>, { stride, share }: Progress): Float64Array => {
  const step = new Float64Array(slope.length)
  const places = greatestPlaces(slope, Math.max(1, Math.round(share * slope.length))).filter(
    (index) => (slope[index] ?? 0) !== 0,
  )
  for (const index of places) step[index] = (stride / places.length) * Math.sign(slope[index] ?? 0)
  return step
}

/**
 * Auto-PGD in L1 (Croce and Hein 2021, arXiv 2103.01208): sparse steps that move ever fewer elements, as few as the best
 * example so far suggests, each projected onto what the ball and the domain have in common.
 *
 * @returns for each example the last one that fooled the model, else the one of the greatest loss
 */
export const attackWithL1Apgd = async (options: Omit<ApgdOptions, 'norm'>): Promise<FloatTensor> => {
  const { model, loss, inputs, labels, targets, radius, domain, steps, random } = options
  const width = rowLength(inputs)
  const gap = Math.max(1, Math.floor(gapShare * steps))
  const moved = copyOf(inputs)
  const place = (row: number, change: Float64Array): void =>
    placeInBoxedL1(elementsOf(moved, row), elementsOf(inputs, row), change, { radius, domain })
  for (let row = 0; row < labels.length; row += 1)
    place(
      row,
      Float64Array.from({ length: width }, () => random.normal()),
    )
  let { losses, scores, slope } = await evaluate(model, loss, moved, labels, targets)
  const best = copyOf(moved)
  const result = copyOf(moved)
  const slopes = Float64Array.from(slope)
  const bestSlopes = Float64Array.from(slope)
  const isFooled = fooledRows(scores, model.classes, labels)
  const progress = Array.from(
    losses,
    (bestLoss): Progress => ({ stride: radius, share: firstShare, changed: width, bestLoss }),
  )
  for (let step = 1; step <= steps && isFooled.includes(false); step += 1) {
    progress.forEach((state, row) => {
      const stride = sparseStep(rowOf(slopes, row, width), state)
      const change = changeBetween(elementsOf(moved, row), elementsOf(inputs, row))
      place(
        row,
        change.map((value, index) => value + (stride[index] ?? 0)),
      )
    })
    ;({ losses, scores, slope } = await evaluate(model, loss, moved, labels, targets))
    slopes.set(slope)
    fooledRows(scores, model.classes, labels).forEach((is, row) => {
      if (!is) return
      isFooled[row] = true
      elementsOf(result, row).set(elementsOf(moved, row))
    })
    progress.forEach((state, row) => {
      const [from, to] = [row * width, (row + 1) * width]
      const value = losses[row] ?? Number.NaN
      if (value > state.bestLoss) {
        state.bestLoss = value
        elementsOf(best, row).set(elementsOf(moved, row))
        bestSlopes.set(slopes.subarray(from, to), from)
      }
      if (step % gap !== 0) return
      const changed = sizeOf('l0', changeBetween(elementsOf(best, row), elementsOf(inputs, row)))
      const isThinner = changed < thinnerShare * state.changed
      state.share = changed / width / thinning
      state.stride = isThinner ? radius : Math.max(shortest * radius, state.stride / shortening)
      state.changed = changed
      if (!isThinner) return
      elementsOf(moved, row).set(elementsOf(best, row))
      slopes.set(bestSlopes.subarray(from, to), from)
    })
  }
  isFooled.forEach((is, row) => {
    if (!is) elementsOf(result, row).set(elementsOf(best, row))
  })
  return result
}
