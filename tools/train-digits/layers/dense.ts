import { createBias, createParameter, type Layer } from './layer.ts'

/** A fully connected layer. Weights: [outputs, inputs]. */
export const createDense = (inputs: number, outputs: number, normal: () => number): Layer => {
  const weight = createParameter(outputs * inputs, inputs, normal)
  const bias = createBias(outputs)
  const kept = new Float32Array(inputs)
  const output = new Float32Array(outputs)
  const inputGradient = new Float32Array(inputs)
  return {
    parameters: [weight, bias],
    forward(input) {
      kept.set(input)
      for (let out = 0; out < outputs; out += 1) {
        const row = out * inputs
        let sum = bias.value[out] as number
        for (let index = 0; index < inputs; index += 1)
          sum += (weight.value[row + index] as number) * (kept[index] as number)
        output[out] = sum
      }
      return output
    },
    backward(gradient) {
      inputGradient.fill(0)
      for (let out = 0; out < outputs; out += 1) {
        const slope = gradient[out] as number
        if (slope === 0) continue
        const row = out * inputs
        bias.gradient[out] = (bias.gradient[out] as number) + slope
        for (let index = 0; index < inputs; index += 1) {
          weight.gradient[row + index] = (weight.gradient[row + index] as number) + slope * (kept[index] as number)
          inputGradient[index] = (inputGradient[index] as number) + slope * (weight.value[row + index] as number)
        }
      }
      return inputGradient
    },
  }
}
