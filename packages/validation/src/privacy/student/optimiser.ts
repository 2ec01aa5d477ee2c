/**
 * Adam (Kingma and Ba 2015, arXiv 1412.6980) with the weight decay of Loshchilov and Hutter (2019, arXiv 1711.05101):
 * changes the parameters by one step down `slope`.
 */
export const createOptimiser = (parameters: Float64Array, rate: number, decay: number) => {
  const mean = new Float64Array(parameters.length)
  const variance = new Float64Array(parameters.length)
  let steps = 0
  return (slope: Float64Array, examples: number): void => {
    steps += 1
    const stride = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps)
    const kept = 1 - rate * decay
    for (let index = 0; index < parameters.length; index += 1) {
      const part = (slope[index] as number) / examples
      const first = 0.9 * (mean[index] as number) + 0.1 * part
      const second = 0.999 * (variance[index] as number) + 0.001 * part * part
      mean[index] = first
      variance[index] = second
      parameters[index] = kept * (parameters[index] as number) - (stride * first) / (Math.sqrt(second) + 1e-8)
    }
  }
}
