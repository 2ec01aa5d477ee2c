import type { Layer } from './layer.ts'

/** max(0, x), element by element. */
export const createRectifier = (length: number): Layer => {
  const output = new Float32Array(length)
  const inputGradient = new Float32Array(length)
  return {
    parameters: [],
    forward(input) {
      for (let index = 0; index < length; index += 1) output[index] = Math.max(0, input[index] as number)
      return output
    },
    backward(gradient) {
      for (let index = 0; index < length; index += 1) {
        inputGradient[index] = (output[index] as number) > 0 ? (gradient[index] as number) : 0
      }
      return inputGradient
    },
  }
}
