import type { SeededRandom } from '@nootropic/core'

/** Below this mean, multiplying uniform numbers is faster. */
const leastRejectedMean = 10

/** Where Stirling's series is poor. */
const smallFactorials = [1, 1, 2, 6, 24, 120].map((factorial) => Math.log(factorial))

/** The logarithm of n!. */
const logFactorial = (n: number): number => {
  const small = smallFactorials[n]
  if (small !== undefined) return small
  const x = n + 1
  return (x - 0.5) * Math.log(x) - x + 0.918938533204673 + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
}

/** A number drawn from the Poisson distribution: Knuth's product below a mean of 10, Hörmann's PTRS (1993) above. */
export const poisson = (mean: number, random: SeededRandom): number => {
  if (mean <= 0) return 0
  if (mean < leastRejectedMean) {
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = random.uniform(); product > limit; product *= random.uniform()) count += 1
    return count
  }
  const logMean = Math.log(mean)
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const quick = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = random.uniform() - 0.5
    const v = 1 - random.uniform()
    const distance = 0.5 - Math.abs(u)
    const count = Math.floor(((2 * a) / distance + b) * u + mean + 0.43)
    if (distance >= 0.07 && v <= quick) return count
    if (count < 0 || (distance < 0.013 && v > distance)) continue
    const accepted = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (distance * distance) + b)
    if (accepted <= -mean + count * logMean - logFactorial(count)) return count
  }
}
