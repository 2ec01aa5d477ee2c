/** A figure and the range in which the true value lies with the confidence that was asked for. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** ln of the gamma function (Lanczos 1964, with the coefficients for g = 7 and nine terms); 1e-13 for what is asked here. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

const logGamma = (value: number): number => {
  const shifted = value - 1
  const base = shifted + 7.5
  const series = lanczos.reduce((sum, term, index) => sum + (index === 0 ? term : term / (shifted + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series)
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
const betaFraction = (x: number, a: number, b: number): number => {
  const least = 1e-300
  const away = (value: number): number => (Math.abs(value) < least ? least : value)
  let front = 1
  let back = 1 / away(1 - ((a + b) * x) / (a + 1))
  let result = back
  for (let term = 1; term <= 10_000; term += 1) {
    const even = (term * (b - term) * x) / ((a + 2 * term - 1) * (a + 2 * term))
    back = 1 / away(1 + even * back)
    front = away(1 + even / front)
    result *= back * front
    const odd = (-(a + term) * (a + b + term) * x) / ((a + 2 * term) * (a + 2 * term + 1))
    back = 1 / away(1 + odd * back)
    front = away(1 + odd / front)
    const change = back * front
    result *= change
    if (Math.abs(change - 1) < 1e-15) break
  }
  return result
}

/** The regularised incomplete beta function I_x(a, b): the share of a beta distribution below `x`. */
const betaBelow = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

const betaQuantile = (share: number, a: number, b: number): number => {
  let [low, high] = [0, 1]
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2
    if (betaBelow(middle, a, b) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * The lower end of the one-sided interval of Clopper and Pearson: with a true share below it, so many successes would come
 * about with a probability of at most `alpha`.
 *
 * @example
 * ```ts
 * clopperPearsonLower(1000, 1000, 0.001) // 0.9931, which is 0.001 to the power of 1/1000
 * ```
 */
export const clopperPearsonLower = (successes: number, trials: number, alpha: number): number =>
  successes === 0 ? 0 : betaQuantile(alpha, successes, trials - successes + 1)

/**
 * The exact interval of a share of which `successes` of `trials` were seen (Clopper and Pearson 1934): it holds the true
 * share at least as often as `confidence` says, however few the trials. Of no trials it is [0, 1].
 */
export const clopperPearson = (successes: number, trials: number, confidence: number): Interval => {
  const tail = (1 - confidence) / 2
  return {
    low: clopperPearsonLower(successes, trials, tail),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  }
}
