import type { Parameter } from './layers/layer.ts'

/** One step of Adam (Kingma and Ba, 2015) after each batch; clears the gradients. */
export const createAdam = (parameters: readonly Parameter[]) => {
  const moments = parameters.map(({ value }) => ({
    mean: new Float32Array(value.length),
    variance: new Float32Array(value.length),
  }))
  let steps = 0
  return (rate: number, batch: number): void => {
    steps += 1
    const correction = rate * (Math.sqrt(1 - 0.999 ** steps) / (1 - 0.9 ** steps))
    for (const [index, { value, gradient }] of parameters.entries()) {
      const { mean, variance } = moments[index] as (typeof moments)[number]
      for (let place = 0; place < value.length; place += 1) {
        const slope = (gradient[place] as number) / batch
        mean[place] = 0.9 * (mean[place] as number) + 0.1 * slope
        variance[place] = 0.999 * (variance[place] as number) + 0.001 * slope * slope
        value[place] =
          (value[place] as number) -
          (correction * (mean[place] as number)) / (Math.sqrt(variance[place] as number) + 1e-8)
      }
      gradient.fill(0)
    }
  }
}
