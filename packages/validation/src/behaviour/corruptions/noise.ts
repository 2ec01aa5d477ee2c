import type { SeededRandom } from '@nootropic/core'
import { type Dataset, type FloatTensor, floatArray } from '../dataset.ts'

/**
 * Adds Gaussian noise to every element and clips to the domain, as the "gaussian noise" of ImageNet-C (Hendrycks and
 * Dietterich 2019, arXiv 1903.12261).
 *
 * @param level standard deviation as a fraction of the domain's width.
 */
export const corruptWithNoise = (
  inputs: FloatTensor,
  options: { readonly level: number; readonly domain: Dataset['domain']; readonly random: SeededRandom },
): FloatTensor => {
  const [least, greatest] = options.domain
  const deviation = options.level * (greatest - least)
  const data = floatArray(inputs.type, inputs.data.length)
  for (let index = 0; index < data.length; index += 1) {
    const value = (inputs.data[index] ?? 0) + deviation * options.random.normal()
    data[index] = Math.min(greatest, Math.max(least, value))
  }
  return { ...inputs, data }
}
