import type { SeededRandom } from '@nootropic/core'
import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { changeBetween, copyOf, elementsOf, rowOf } from './examples.ts'
import { placeInBall, sizeOf, steepestChange } from './norms.ts'
import { type AttackInputs, type DifferentiableModel, evaluate, fooledRows } from './objective.ts'
import type { ScoreLossName } from './score-losses.ts'

/** How the attack goes. */
export interface ApgdOptions extends AttackInputs {
  readonly model: DifferentiableModel
  readonly loss: ScoreLossName
  /** The class that each example shall be taken for, for a targeted loss. */
  readonly targets?: readonly number[]
  readonly norm: 'linf' | 'l2'
  readonly radius: number
  readonly steps: number
  readonly random: SeededRandom
}

/** The share of the last step that a new step keeps less than whole: the rest is momentum. */
const freshShare = 0.75
/** A step is halved when fewer than this share of the steps since the last checkpoint raised the loss. */
const risingShare = 0.75

/** Steps between checkpoints: 22 % of all at first, 3 % fewer each time, never below 6 %. */
const checkpointsOf = (steps: number): ReadonlySet<number> => {
  const least = Math.max(Math.floor(0.06 * steps), 1)
  const fewer = Math.max(Math.floor(0.03 * steps), 1)
  const checkpoints = new Set<number>()
  let gap = Math.max(Math.floor(0.22 * steps), 1)
  for (let step = gap; step <= steps; step += gap) {
    checkpoints.add(step)
    gap = Math.max(gap - fewer, least)
  }
  return checkpoints
}

interface Progress {
  stepLength: number
  bestLoss: number
  bestLossAtCheckpoint: number
  wasHalved: boolean
  lastLoss: number
  rises: number
  sinceCheckpoint: number
}

const isStuck = (progress: Progress): boolean =>
  progress.rises <= risingShare * progress.sinceCheckpoint ||
  (!progress.wasHalved && progress.bestLossAtCheckpoint >= progress.bestLoss)

/** A random start on the ball's border, as the reference implementation has it. */
const startChange = (norm: 'linf' | 'l2', width: number, radius: number, random: SeededRandom): Float64Array => {
  const change = Float64Array.from({ length: width }, () =>
    norm === 'linf' ? 2 * random.uniform() - 1 : random.normal(),
  )
  const size = Math.max(sizeOf(norm, change), Number.MIN_VALUE)
  return change.map((value) => (radius * value) / size)
}

/**
 * Auto-PGD (Croce and Hein 2020, arXiv 2003.01690): projected gradient descent with momentum that starts with steps of two
 * radii, and halves them, from the best point so far, whenever a checkpoint finds the loss stuck. There is no step length
 * to be tuned, so a wrong one cannot hide a weak model.
 *
 * @returns for each example the last one that fooled the model, else the one of the greatest loss
 */
export const attackWithApgd = async (options: ApgdOptions): Promise<FloatTensor> => {
  const { model, loss, inputs, labels, targets, norm, radius, domain, steps, random } = options
  const width = rowLength(inputs)
  const bounds = { norm, radius, domain }
  const checkpoints = checkpointsOf(steps)
  const moved = copyOf(inputs)
  for (let row = 0; row < labels.length; row += 1) {
    placeInBall(elementsOf(moved, row), elementsOf(inputs, row), startChange(norm, width, radius, random), bounds)
  }
  let { losses, scores, slope } = await evaluate(model, loss, moved, labels, targets)
  const before = copyOf(moved)
  const best = copyOf(moved)
  const result = copyOf(moved)
  const slopes = Float64Array.from(slope)
  const bestSlopes = Float64Array.from(slope)
  const isFooled = fooledRows(scores, model.classes, labels)
  const progress = Array.from(
    losses,
    (value): Progress => ({
      stepLength: 2 * radius,
      bestLoss: value,
      bestLossAtCheckpoint: value,
      wasHalved: true,
      lastLoss: value,
      rises: 0,
      sinceCheckpoint: 0,
    }),
  )
  for (let step = 1; step <= steps && isFooled.includes(false); step += 1) {
    progress.forEach(({ stepLength }, row) => {
      const [example, origin, former] = [elementsOf(moved, row), elementsOf(inputs, row), elementsOf(before, row)]
      const inertia = changeBetween(example, former)
      former.set(example)
      const stride = steepestChange(norm, rowOf(slopes, row, width), stepLength)
      const offset = changeBetween(example, origin)
      placeInBall(
        example,
        origin,
        offset.map((value, index) => value + (stride[index] ?? 0)),
        bounds,
      )
      const share = step === 1 ? 1 : freshShare
      const reached = changeBetween(example, former)
      placeInBall(
        example,
        origin,
        offset.map((value, index) => value + share * (reached[index] ?? 0) + (1 - share) * (inertia[index] ?? 0)),
        bounds,
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
      const value = losses[row] ?? Number.NaN
      const part = bestSlopes.subarray(row * width, (row + 1) * width)
      state.sinceCheckpoint += 1
      if (value > state.lastLoss) state.rises += 1
      state.lastLoss = value
      if (value > state.bestLoss) {
        state.bestLoss = value
        elementsOf(best, row).set(elementsOf(moved, row))
        part.set(slopes.subarray(row * width, (row + 1) * width))
      }
      if (!checkpoints.has(step)) return
      const stuck = isStuck(state)
      if (stuck) {
        state.stepLength /= 2
        elementsOf(moved, row).set(elementsOf(best, row))
        slopes.subarray(row * width, (row + 1) * width).set(part)
      }
      state.wasHalved = stuck
      state.bestLossAtCheckpoint = state.bestLoss
      state.rises = 0
      state.sinceCheckpoint = 0
    })
  }
  isFooled.forEach((is, row) => {
    if (!is) elementsOf(result, row).set(elementsOf(best, row))
  })
  return result
}
