/** The share of the standard normal distribution below `value`, by Marsaglia's series (2004); 1e-15 up to 8 deviations. */
export const normalBelow = (value: number): number => {
  if (value < -8) return 0
  if (value > 8) return 1
  let [sum, term] = [value, value]
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && term !== 0; odd += 2) {
    term *= (value * value) / odd
    sum += term
  }
  return 0.5 + (sum * Math.exp((-value * value) / 2)) / Math.sqrt(2 * Math.PI)
}

/** How many deviations above the mean `share` of the standard normal distribution lies below. */
export const normalQuantile = (share: number): number => {
  let [low, high] = [-8, 8]
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2
    if (normalBelow(middle) < share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
