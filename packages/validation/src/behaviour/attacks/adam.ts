/** Adam (Kingma and Ba 2015, arXiv 1412.6980): gives the step for each slope of a value that shall fall. */
export const createAdam = (length: number, rate: number) => {
  const mean = new Float64Array(length)
  const variance = new Float64Array(length)
  let steps = 0
  return {
    /** Call once before the elements of a step. */
    next(): void {
      steps += 1
    },
    /** What to add to element `index`. */
    step(index: number, slope: number): number {
      const first = 0.9 * (mean[index] ?? 0) + 0.1 * slope
      const second = 0.999 * (variance[index] ?? 0) + 0.001 * slope * slope
      mean[index] = first
      variance[index] = second
      return (-rate * (first / (1 - 0.9 ** steps))) / (Math.sqrt(second / (1 - 0.999 ** steps)) + 1e-8)
    },
  }
}
