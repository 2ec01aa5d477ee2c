import { createBias, createParameter, type Layer } from './layer.ts'

/** A 3 × 3 convolution with stride 1 and one pixel of zero padding. Weights: [outputs, inputs, 3, 3]. */
export const createConvolution = (inputs: number, outputs: number, size: number, normal: () => number): Layer => {
  const weight = createParameter(outputs * inputs * 9, inputs * 9, normal)
  const bias = createBias(outputs)
  const side = size + 2
  const padded = new Float32Array(inputs * side * side)
  const paddedGradient = new Float32Array(inputs * side * side)
  const output = new Float32Array(outputs * size * size)
  const inputGradient = new Float32Array(inputs * size * size)

  return {
    parameters: [weight, bias],
    forward(input) {
      for (let channel = 0; channel < inputs; channel += 1) {
        for (let row = 0; row < size; row += 1) {
          const from = (channel * size + row) * size
          padded.set(input.subarray(from, from + size), (channel * side + row + 1) * side + 1)
        }
      }
      for (let out = 0; out < outputs; out += 1) {
        const target = output.subarray(out * size * size, (out + 1) * size * size)
        target.fill(bias.value[out] as number)
        for (let channel = 0; channel < inputs; channel += 1) {
          for (let tap = 0; tap < 9; tap += 1) {
            const factor = weight.value[(out * inputs + channel) * 9 + tap] as number
            const origin = channel * side * side + Math.floor(tap / 3) * side + (tap % 3)
            for (let row = 0; row < size; row += 1) {
              const source = origin + row * side
              const place = row * size
              for (let column = 0; column < size; column += 1) {
                target[place + column] =
                  (target[place + column] as number) + factor * (padded[source + column] as number)
              }
            }
          }
        }
      }
      return output
    },
    backward(gradient) {
      paddedGradient.fill(0)
      for (let out = 0; out < outputs; out += 1) {
        const origin = out * size * size
        let total = 0
        for (let place = 0; place < size * size; place += 1) total += gradient[origin + place] as number
        bias.gradient[out] = (bias.gradient[out] as number) + total
        for (let channel = 0; channel < inputs; channel += 1) {
          for (let tap = 0; tap < 9; tap += 1) {
            const index = (out * inputs + channel) * 9 + tap
            const factor = weight.value[index] as number
            const shift = channel * side * side + Math.floor(tap / 3) * side + (tap % 3)
            let sum = 0
            for (let row = 0; row < size; row += 1) {
              const source = shift + row * side
              const place = origin + row * size
              for (let column = 0; column < size; column += 1) {
                const slope = gradient[place + column] as number
                sum += slope * (padded[source + column] as number)
                paddedGradient[source + column] = (paddedGradient[source + column] as number) + factor * slope
              }
            }
            weight.gradient[index] = (weight.gradient[index] as number) + sum
          }
        }
      }
      for (let channel = 0; channel < inputs; channel += 1) {
        for (let row = 0; row < size; row += 1) {
          const from = (channel * side + row + 1) * side + 1
          inputGradient.set(paddedGradient.subarray(from, from + size), (channel * size + row) * size)
        }
      }
      return inputGradient
    },
  }
}
