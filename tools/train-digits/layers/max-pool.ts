import type { Layer } from './layer.ts'

/** The largest of each 2 × 2 square; the first of equals wins, as in ONNX. */
export const createMaxPool = (channels: number, size: number): Layer => {
  const half = size / 2
  const output = new Float32Array(channels * half * half)
  const winners = new Int32Array(output.length)
  const inputGradient = new Float32Array(channels * size * size)
  return {
    parameters: [],
    forward(input) {
      for (let index = 0; index < output.length; index += 1) {
        const channel = Math.floor(index / (half * half))
        const row = Math.floor(index / half) % half
        const corner = channel * size * size + row * 2 * size + (index % half) * 2
        let winner = corner
        for (const place of [corner + 1, corner + size, corner + size + 1]) {
          if ((input[place] as number) > (input[winner] as number)) winner = place
        }
        winners[index] = winner
        output[index] = input[winner] as number
      }
      return output
    },
    backward(gradient) {
      inputGradient.fill(0)
      for (let index = 0; index < output.length; index += 1)
        inputGradient[winners[index] as number] = gradient[index] as number
      return inputGradient
    },
  }
}
