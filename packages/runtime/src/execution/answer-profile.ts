import type { Tensor } from '@nootropic/core'

/** How the numbers of one output are spread. */
export interface Spread {
  readonly mean: number
  readonly deviation: number
  readonly maximum: number
}

/** Figures of one answer, by name, such as `label mean`. */
export type AnswerFigures = Readonly<Record<string, number>>

/** A figure that is far from what the model's answers usually have. It does not say what the answer was. */
export interface UnusualFigure {
  readonly figure: string
  /** How many standard deviations it is away. */
  readonly distance: number
}

// The spread of more is told by as many, evenly taken: an answer of 64 MiB must not hold up the event loop for it.
const maximumSamples = 65_536

/** How the numbers of an output are spread; undefined for texts and for nothing. */
const spreadOf = ({ data }: Tensor): Spread | undefined => {
  if (!ArrayBuffer.isView(data) || data.length === 0) return undefined
  const step = Math.ceil(data.length / maximumSamples)
  let count = 0
  let mean = 0
  let squares = 0
  let maximum = Number.NEGATIVE_INFINITY
  // Welford's recurrence: one pass, and no loss where all values are large and alike.
  for (let index = 0; index < data.length; index += step) {
    const value = Number(data[index])
    count += 1
    const difference = value - mean
    mean += difference / count
    squares += difference * (value - mean)
    if (value > maximum) maximum = value
  }
  return { mean, deviation: Math.sqrt(squares / count), maximum }
}

/** How each output of an answer is spread. */
export const spreadsOf = (outputs: Readonly<Record<string, Tensor>>): Record<string, Spread> =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, tensor]) => {
      const spread = tensor.type === 'float16' ? undefined : spreadOf(tensor)
      return spread === undefined ? [] : [[name, spread]]
    }),
  )

/** The figures by which an answer is compared with others of its model. */
export const figuresOf = (spreads: Readonly<Record<string, Spread>>, runMs: number): AnswerFigures => ({
  // Durations differ by factors.
  'logarithm of the duration': Math.log(Math.max(runMs, 0.001)),
  ...Object.fromEntries(
    Object.entries(spreads).flatMap(([name, { mean, deviation, maximum }]) => [
      [`${name} mean`, mean],
      [`${name} deviation`, deviation],
      [`${name} maximum`, maximum],
    ]),
  ),
})

interface Usual {
  count: number
  mean: number
  squares: number
}

/** What is usual for the answers of one version of a model, learned as it answers. */
export interface AnswerProfile {
  /** What in an answer is far from what is usual; the answer then counts to what is. */
  observe(figures: AnswerFigures): UnusualFigure[]
}

// Before that "usual" means nothing.
const answersToLearn = 100
// By Chebyshev's inequality at most one in 64 of any distribution is as far, and next to none of those that occur.
const unusualDistance = 8

export const createAnswerProfile = (): AnswerProfile => {
  const usual = new Map<string, Usual>()
  const observeOne = (figure: string, value: number): UnusualFigure[] => {
    const known = usual.get(figure) ?? { count: 0, mean: 0, squares: 0 }
    usual.set(figure, known)
    const deviation = Math.sqrt(known.squares / Math.max(known.count - 1, 1))
    const difference = value - known.mean
    // A figure that never changed has no scale to be measured by, but that of its own rounding.
    const scale = Math.max(deviation, Math.abs(known.mean) * 1e-6, Number.MIN_VALUE)
    const distance = Math.abs(difference) / scale
    const isUnusual = known.count >= answersToLearn && distance > unusualDistance
    known.count += 1
    known.mean += difference / known.count
    known.squares += difference * (value - known.mean)
    return isUnusual ? [{ figure, distance }] : []
  }
  return {
    observe: (figures) =>
      Object.entries(figures).flatMap(([figure, value]) => (Number.isFinite(value) ? observeOne(figure, value) : [])),
  }
}
