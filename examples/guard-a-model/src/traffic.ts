import { isNootropicError, type Tensor } from '@nootropic/core'
import type { Dataset } from '@nootropic/validation'
import type { Nootropic } from 'nootropic'
import type { Digit } from './digits.ts'

const pixels = 28 * 28

/** One picture as the model takes it. */
export const imageOf = (values: Float32Array): Record<string, Tensor> => ({
  image: { type: 'float32', dims: [1, 1, 28, 28], data: values },
})

/** A frame of a camera whose lens is covered. */
export const blackFrame = (): Record<string, Tensor> => imageOf(new Float32Array(pixels))

/** Digits as one batch with their labels, for validation. */
export const datasetOf = (digits: readonly Digit[]): Dataset => {
  const data = new Float32Array(digits.length * pixels)
  for (const [index, digit] of digits.entries()) data.set(digit.pixels, index * pixels)
  return {
    inputs: { type: 'float32', dims: [digits.length, 1, 28, 28], data },
    labels: digits.map(({ label }) => label),
    domain: [0, 1],
  }
}

/** Sends digits one by one, as a client would, and counts the right answers. */
export const countRight = async (
  nootropic: Nootropic,
  credential: string,
  digits: readonly Digit[],
): Promise<number> => {
  let right = 0
  for (const { pixels: values, label } of digits) {
    const { outputs } = await nootropic.execute({
      model: 'digits',
      inputs: imageOf(values),
      credential,
      deadlineMs: 5000,
    })
    const logits = [...((outputs.logits as Tensor).data as Float32Array)]
    if (logits.indexOf(Math.max(...logits)) === label) right += 1
  }
  return right
}

/** The code of the error that a refused request gives; an answer is a failure of the demo. */
export const refusalOf = async (request: Promise<unknown>): Promise<string> => {
  try {
    await request
  } catch (error) {
    if (isNootropicError(error)) return error.code
    throw error
  }
  throw new Error('expected a refusal, got an answer')
}
