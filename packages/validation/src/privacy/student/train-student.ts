import { createSeededRandom } from '@nootropic/core'
import type { AttackLimits } from '../../behaviour/attacks/guarded-model.ts'
import { range } from '../../behaviour/rows.ts'
import { breathe } from '../limits.ts'
import { type Features, takeFeatures } from './features.ts'
import { backward, createNetwork, forward, type Network } from './network.ts'
import { createOptimiser } from './optimiser.ts'
import { learnScaling, type Scaling, scale } from './scaling.ts'
import { shuffle } from './shuffle.ts'

/** How a student learns. */
export interface StudentEffort {
  /** Units of the hidden layer; 0 makes it a softmax regression. */
  readonly hidden: number
  readonly epochs: number
  /** Examples a step. */
  readonly batch: number
  /** The rate of Adam. */
  readonly rate: number
  /** How much of each weight a step takes away, times the rate: 0 lets it memorise. */
  readonly decay: number
}

/** What learns the usual small task in seconds. */
export const defaultStudent: StudentEffort = { hidden: 64, epochs: 30, batch: 32, rate: 3e-3, decay: 1e-4 }

/** A small classifier that was trained here: it copies a model, or shows what one looks like that never saw an example. */
export interface Student {
  readonly classes: number
  /** The logarithm of the probability of each class, row-major. */
  logProbabilities(features: Features): Float64Array
  /** What it learned, over examples in {@link Student.scaling}. */
  readonly network: Network
  readonly scaling: Scaling
}

/** What a student is taught. */
export interface Lesson {
  readonly features: Features
  /** The probability of each class, row-major: of a label one is 1. */
  readonly targets: Float64Array
  readonly classes: number
}

/**
 * Trains a student by Adam on the cross-entropy. The same seed gives the same student, bit by bit.
 *
 * @throws NootropicError `ABORTED` or `DEADLINE_EXCEEDED`
 */
export const trainStudent = async (
  { features, targets, classes }: Lesson,
  options: { readonly effort?: Partial<StudentEffort>; readonly seed: number; readonly limits?: AttackLimits },
): Promise<Student> => {
  const { hidden, epochs, batch, rate, decay } = { ...defaultStudent, ...options.effort }
  const random = createSeededRandom(options.seed)
  const scaling = learnScaling(features)
  const { rows, width, values } = scale(features, scaling)
  const network = createNetwork({ width, hidden, classes }, random)
  const { parameters } = network
  const slope = new Float64Array(parameters.length)
  const step = createOptimiser(parameters, rate, decay)
  const [active, output] = [new Float64Array(hidden), new Float64Array(classes)]
  const order = range(rows)
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    await breathe(options.limits ?? {})
    shuffle(order, random)
    for (let start = 0; start < rows; start += batch) {
      const part = order.slice(start, start + batch)
      slope.fill(0)
      for (const row of part) {
        const input = values.subarray(row * width, (row + 1) * width)
        forward(network, input, active, output)
        backward(network, { input, active, output }, targets.subarray(row * classes, (row + 1) * classes), slope)
      }
      step(slope, part.length)
    }
  }
  return {
    classes,
    network,
    scaling,
    logProbabilities: (asked) => {
      const scaled = scale(asked, scaling)
      const answers = new Float64Array(asked.rows * classes)
      for (let row = 0; row < asked.rows; row += 1) {
        const input = scaled.values.subarray(row * width, (row + 1) * width)
        forward(network, input, active, answers.subarray(row * classes, (row + 1) * classes))
      }
      return answers
    },
  }
}

/** The same lesson, of some of its examples. */
export const takeLesson = ({ features, targets, classes }: Lesson, rows: readonly number[]): Lesson => {
  const taken = new Float64Array(rows.length * classes)
  rows.forEach((row, place) => {
    taken.set(targets.subarray(row * classes, (row + 1) * classes), place * classes)
  })
  return { features: takeFeatures(features, rows), targets: taken, classes }
}
