/** Weights and the gradient that a batch adds up for them. */
export interface Parameter {
  readonly value: Float32Array
  readonly gradient: Float32Array
}

/** One layer, on one example at a time; it keeps what its own backward pass needs. */
export interface Layer {
  readonly parameters: readonly Parameter[]
  forward(input: Float32Array): Float32Array
  /** Adds to the parameters' gradients; returns the gradient of the input. */
  backward(outputGradient: Float32Array): Float32Array
}

/** He et al. (2015): normal with variance 2 / fan-in, for layers that a ReLU follows. */
export const createParameter = (length: number, fanIn: number, normal: () => number): Parameter => ({
  value: Float32Array.from({ length }, () => normal() * Math.sqrt(2 / fanIn)),
  gradient: new Float32Array(length),
})

/** A parameter that starts at zero. */
export const createBias = (length: number): Parameter => ({
  value: new Float32Array(length),
  gradient: new Float32Array(length),
})
