import { meanOf, type Reference, valuesWithout } from './reference-models.ts'

/**
 * How near the probability of an example under models that learned it is to 1 (the paper's `a`): members are answered more
 * surely than references without them say.
 */
const leaning = 0.3

/** The probability of an example over models with and without it, from those without it alone. */
const expected = (probability: number): number => ((1 + leaning) * probability + (1 - leaning)) / 2

/** An example's probability under the target over what all models give it. */
const ratios = (target: Float64Array, references: readonly Reference[]): Float64Array =>
  target.map((probability, example) => probability / expected(meanOf(valuesWithout(references, example))))

/** The probabilities of the labels of some examples under the target, and under references. */
export interface Likelihoods {
  readonly target: Float64Array
  readonly references: readonly Reference[]
}

/**
 * The robust membership inference attack, offline (RMIA: Zarifzadeh, Liu and Shokri 2024, arXiv 2312.03262): the share of a
 * population of non-members over which an example dominates by its likelihood ratio. Its threshold gamma is 1.
 */
export const relativeRatio = (examples: Likelihoods, population: Likelihoods): Float64Array => {
  const others = ratios(population.target, population.references).sort()
  const dominated = (ratio: number): number => {
    let [low, high] = [0, others.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((others[middle] ?? 0) <= ratio) low = middle + 1
      else high = middle
    }
    return low
  }
  return ratios(examples.target, examples.references).map((ratio) => dominated(ratio) / others.length)
}
