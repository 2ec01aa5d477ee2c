/** How well soft code bits agree with a codeword. */
export interface Agreement {
  /**
   * Base-10 logarithm of an upper bound on the chance that a model without this mark agrees as well. Under a uniform
   * dither each cosine has a moment generating function I0(x) <= exp(x^2/4), so Chernoff's bound on their sum t over m
   * groups is exp(-t^2/m).
   */
  readonly log10FalsePositive: number
  /** Share of code bits that read wrong before error correction; 0.5 is chance. */
  readonly bitErrorRate: number
}

/** Weighs soft code bits (positive for 0) against the codeword that the claim would have written. */
export const weighAgreement = (softBits: Float64Array, codeword: Uint8Array): Agreement => {
  let sum = 0
  let wrong = 0
  for (const [group, soft] of softBits.entries()) {
    const agreement = codeword[group] === 1 ? -soft : soft
    sum += agreement
    if (agreement <= 0) wrong += 1
  }
  return {
    log10FalsePositive: sum > 0 ? -((sum * sum) / softBits.length) * Math.LOG10E : 0,
    bitErrorRate: wrong / softBits.length,
  }
}

/**
 * A mark counts as present below this chance of error, 1e-40: small enough that no search over keys, claims and models
 * within anyone's reach brings about a false one.
 */
export const acceptedLog10FalsePositive = -40
