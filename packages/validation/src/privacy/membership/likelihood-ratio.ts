import { meanOf, type Reference, valuesWithout } from './reference-models.ts'

/** With fewer references than this the deviation is taken over all examples at once, as the paper does. */
const fewReferences = 64

/** Keeps the quotient finite where all references agree. */
const leastDeviation = 1e-12

const squaredDistance = (values: readonly number[]): number => {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

/**
 * The offline likelihood ratio attack (LiRA: Carlini et al. 2022, arXiv 2112.03570): how many deviations the target's logit
 * lies above those of the references that never saw the example. The paper's score is the share of the normal distribution
 * below it, which orders examples the same way.
 */
export const likelihoodRatio = (target: Float64Array, references: readonly Reference[]): Float64Array => {
  const without = Array.from(target, (_, example) => valuesWithout(references, example))
  const total = without.reduce((sum, values) => sum + squaredDistance(values), 0)
  const count = without.reduce((sum, values) => sum + values.length, 0)
  const common = Math.sqrt(total / count)
  return target.map((value, example) => {
    const values = without[example] ?? []
    const own = references.length < fewReferences ? common : Math.sqrt(squaredDistance(values) / values.length)
    return (value - meanOf(values)) / Math.max(leastDeviation, own)
  })
}
