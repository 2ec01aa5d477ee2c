/** Halvings after which nothing is left of an interval in float64. */
const halvings = 64

/** The place in [from, to] at which a rising function reaches `wanted`. */
const solveRising = (rising: (at: number) => number, wanted: number, from: number, to: number): number => {
  let [low, high] = [from, to]
  for (let round = 0; round < halvings; round += 1) {
    const middle = (low + high) / 2
    if (rising(middle) < wanted) low = middle
    else high = middle
  }
  return low
}

/** The logarithms of 0!, 1!, … `most`!. */
const logFactorials = (most: number): Float64Array => {
  const logarithms = new Float64Array(most + 1)
  for (let value = 2; value <= most; value += 1) logarithms[value] = (logarithms[value - 1] ?? 0) + Math.log(value)
  return logarithms
}

/** The probability of `least` successes or more of `trials`, each with probability `share`; the rarer end is added up. */
const upperTail = (least: number, trials: number, share: number, factorials: Float64Array): number => {
  if (share <= 0) return least === 0 ? 1 : 0
  if (share >= 1) return 1
  const [hit, miss] = [Math.log(share), Math.log1p(-share)]
  const probability = (count: number): number =>
    Math.exp(
      (factorials[trials] ?? 0) -
        (factorials[count] ?? 0) -
        (factorials[trials - count] ?? 0) +
        count * hit +
        (trials - count) * miss,
    )
  const isBelowMean = least <= share * trials
  let sum = 0
  if (isBelowMean) {
    for (let count = least - 1; count >= 0; count -= 1) {
      const part = probability(count)
      sum += part
      if (part < sum * 1e-18) break
    }
    return 1 - sum
  }
  for (let count = least; count <= trials; count += 1) {
    const part = probability(count)
    sum += part
    if (part < sum * 1e-18) break
  }
  return sum
}

/**
 * The lower end of the one-sided confidence interval of Clopper and Pearson (1934): with a true share below it, so many
 * successes would come about with a probability of at most `alpha`.
 *
 * @example
 * ```ts
 * clopperPearsonLower(1000, 1000, 0.001) // 0.9931, which is 0.001 to the power of 1/1000
 * ```
 */
export const clopperPearsonLower = (successes: number, trials: number, alpha: number): number => {
  if (successes === 0) return 0
  const factorials = logFactorials(trials)
  return solveRising((share) => upperTail(successes, trials, share, factorials), alpha, 0, 1)
}

/** Beyond it the normal distribution holds less than 1e-15. */
const farOut = 8

/** The cumulative normal distribution (the series of Marsaglia 2004, J. Stat. Softw. 11:4); exact to 1e-15 within ±8. */
const normalCumulative = (at: number): number => {
  let [sum, term, odd] = [at, at, 1]
  for (let before = 0; sum !== before; ) {
    before = sum
    odd += 2
    term *= (at * at) / odd
    sum += term
  }
  return 0.5 + sum * Math.exp(-0.5 * at * at - 0.9189385332046728)
}

/** The value below which a standard normal variable lies with probability `share`, for shares from 0.5 to 1 - 1e-14. */
export const normalQuantile = (share: number): number => solveRising(normalCumulative, share, 0, farOut)
