import { type Clock, createSeededRandom, NootropicError, type SeededRandom, systemClock } from '@nootropic/core'
import { clopperPearsonLower } from '../../statistics/clopper-pearson.ts'
import { normalQuantile } from '../../statistics/normal.ts'
import { elementsOf } from '../attacks/examples.ts'
import { guardModel, isInterruption } from '../attacks/guarded-model.ts'
import type { AttackedModel } from '../attacks/objective.ts'
import { type FloatTensor, floatArray } from '../dataset.ts'
import { range, rowLength } from '../rows.ts'

/** How to certify by randomised smoothing. */
export interface SmoothingOptions {
  readonly model: AttackedModel
  readonly inputs: FloatTensor
  /** Deviation of the noise, in the inputs' own unit. */
  readonly sigma: number
  /** Noisy copies that choose the class. */
  readonly selection?: number
  /** Noisy copies that bound its probability; certified radii grow with them. */
  readonly samples?: number
  /** The probability with which a certificate may be wrong. */
  readonly alpha?: number
  readonly seed: number
  /** Copies run at once. */
  readonly batch?: number
  readonly budgetMs?: number
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Is told the examples that are done. */
  readonly progress?: (done: number) => void
}

/** What smoothing says of one example. */
export interface SmoothingCertificate {
  /** The class that the smoothed model answers; nothing where it abstains because no class is clearly ahead. */
  readonly answer: number | undefined
  /** No change of a smaller L2 size alters that answer; 0 where it abstains. */
  readonly radius: number
  /** The lower bound of the probability that a noisy copy is answered so. */
  readonly probability: number
}

/** What smoothing says of all examples. */
export interface SmoothingOutcome {
  /** Nothing for the examples that were not reached. */
  readonly certificates: readonly (SmoothingCertificate | undefined)[]
  /** Why not every example was certified. */
  readonly stopped?: string
}

// Cohen, Rosenfeld and Kolter 2019, section 4: n0 = 100, alpha = 0.001; n is 100,000 there, a hundred times as long.
const defaults = { selection: 100, samples: 1000, alpha: 0.001, batch: 128 }

const verifyOptions = (options: SmoothingOptions & typeof defaults): void => {
  const { sigma, alpha, selection, samples, batch } = options
  const refuse = (expected: string, found: unknown): never => {
    throw new NootropicError('USAGE', `expected ${expected} for smoothing, found ${found}`)
  }
  if (!(sigma > 0 && Number.isFinite(sigma))) refuse('a sigma above 0', sigma)
  if (!(alpha > 0 && alpha < 0.5)) refuse('an alpha between 0 and 0.5', alpha)
  for (const [name, count] of Object.entries({ selection, samples, batch })) {
    if (!(Number.isSafeInteger(count) && count >= 1)) refuse(`a whole number from 1 as ${name}`, count)
  }
}

/** How often each class is answered among `count` noisy copies of an example. */
const countAnswers = async (
  options: SmoothingOptions & typeof defaults,
  row: number,
  count: number,
  random: SeededRandom,
): Promise<number[]> => {
  const { model, inputs, sigma } = options
  const origin = elementsOf(inputs, row)
  const width = rowLength(inputs)
  const counts = new Array<number>(model.classes).fill(0)
  for (let done = 0; done < count; done += options.batch) {
    const copies = Math.min(options.batch, count - done)
    const data = floatArray(inputs.type, copies * width)
    for (let index = 0; index < data.length; index += 1) {
      data[index] = (origin[index % width] ?? 0) + sigma * random.normal()
    }
    const scores = await model.scores({ ...inputs, dims: [copies, ...inputs.dims.slice(1)], data })
    for (const copy of range(copies)) {
      const own = range(model.classes).map((column) => scores[copy * model.classes + column] ?? Number.NaN)
      const answer = own.indexOf(Math.max(...own))
      counts[answer] = (counts[answer] ?? 0) + 1
    }
  }
  return counts
}

const certify = async (
  options: SmoothingOptions & typeof defaults,
  row: number,
  random: SeededRandom,
): Promise<SmoothingCertificate> => {
  const chosen = await countAnswers(options, row, options.selection, random)
  const answer = chosen.indexOf(Math.max(...chosen))
  // Fresh copies: those that chose the class would favour it.
  const counts = await countAnswers(options, row, options.samples, random)
  const probability = clopperPearsonLower(counts[answer] ?? 0, options.samples, options.alpha)
  return probability > 0.5
    ? { answer, radius: options.sigma * normalQuantile(probability), probability }
    : { answer: undefined, radius: 0, probability }
}

/**
 * Randomised smoothing (Cohen, Rosenfeld and Kolter 2019, arXiv 1902.02918): the smoothed model answers what the model
 * answers to most noisy copies of an example, and inside the radius no change alters that, but with probability `alpha`.
 * It is the smoothed model that is certified, not the model itself; noise goes beyond the domain on purpose.
 *
 * @throws NootropicError `USAGE`
 * @example
 * ```ts
 * const { certificates } = await certifyBySmoothing({ model, inputs, sigma: 0.25, seed: 1 })
 * certificates[0] // { answer: 7, radius: 0.62, probability: 0.99 }
 * ```
 */
export const certifyBySmoothing = async (given: SmoothingOptions): Promise<SmoothingOutcome> => {
  const options = { ...defaults, ...given }
  verifyOptions(options)
  const clock = options.clock ?? systemClock
  const startedMs = clock.monotonicMs()
  const { budgetMs, signal } = options
  const { model } = guardModel(options.model, {
    ...(signal === undefined ? {} : { signal }),
    hasTime: () => budgetMs === undefined || clock.monotonicMs() - startedMs <= budgetMs,
  })
  const rows = options.inputs.dims[0] ?? 0
  const certificates: (SmoothingCertificate | undefined)[] = new Array<undefined>(rows).fill(undefined)
  for (const row of range(rows)) {
    try {
      // Each example has noise of its own, whatever came before it.
      certificates[row] = await certify({ ...options, model }, row, createSeededRandom((options.seed + row) >>> 0))
    } catch (error) {
      if (!isInterruption(error)) throw error
      return { certificates, stopped: `${error.code}: ${error.message}` }
    }
    options.progress?.(row + 1)
  }
  return { certificates }
}

/** The share of examples whose smoothed answer is the label and holds at least to `radius`; stopped ones count as lost. */
export const smoothedAccuracy = (
  certificates: SmoothingOutcome['certificates'],
  labels: readonly number[],
  radius: number,
): number =>
  labels.filter((label, row) => certificates[row]?.answer === label && (certificates[row]?.radius ?? 0) >= radius)
    .length / labels.length
