import { createConvolution } from './layers/convolution.ts'
import { createDense } from './layers/dense.ts'
import type { Layer } from './layers/layer.ts'
import { createMaxPool } from './layers/max-pool.ts'
import { createRectifier } from './layers/rectifier.ts'

/** The width of the hidden dense layer. */
export const hiddenUnits = 200

/** Two convolutions with pooling, then two dense layers: 1×28×28 grey values to ten logits. */
export const createNetwork = (normal: () => number): Layer[] => [
  createConvolution(1, 8, 28, normal),
  createRectifier(8 * 28 * 28),
  createMaxPool(8, 28),
  createConvolution(8, 16, 14, normal),
  createRectifier(16 * 14 * 14),
  createMaxPool(16, 14),
  createDense(16 * 7 * 7, hiddenUnits, normal),
  createRectifier(hiddenUnits),
  createDense(hiddenUnits, 10, normal),
]

/** Runs one example through. */
export const forward = (network: readonly Layer[], pixels: Float32Array): Float32Array =>
  network.reduce((activation, layer) => layer.forward(activation), pixels)

/** Adds the gradient of the cross-entropy of one example, whose forward pass came just before. */
export const backward = (network: readonly Layer[], logits: Float32Array, label: number): void => {
  const largest = Math.max(...logits)
  const exponentials = logits.map((logit) => Math.exp(logit - largest))
  const total = exponentials.reduce((sum, value) => sum + value, 0)
  const gradient = exponentials.map((value, index) => value / total - (index === label ? 1 : 0))
  network.reduceRight<Float32Array>((slope, layer) => layer.backward(slope), gradient)
}

/** The share of examples whose largest logit is their label. */
export const accuracy = (
  network: readonly Layer[],
  examples: readonly { pixels: Float32Array; label: number }[],
): number => {
  const right = examples.filter(({ pixels, label }) => {
    const logits = forward(network, pixels)
    return logits.indexOf(Math.max(...logits)) === label
  })
  return right.length / examples.length
}
