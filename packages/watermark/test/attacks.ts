import { createSeededRandom } from '@nootropic/core'

/** Something that happens to weights, in place. */
export type Attack = (values: Float32Array, dims: readonly number[]) => void

const energyOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0)

/** Gaussian noise of this share of the tensor's loudness. */
export const noise =
  (share: number, seed = 1): Attack =>
  (values) => {
    const random = createSeededRandom(seed)
    const deviation = share * Math.sqrt(energyOf(values) / values.length)
    for (let index = 0; index < values.length; index += 1) values[index]! += deviation * random.normal()
  }

/** Round to nearest on a symmetric grid of `levels` on either side, of one scale for each output channel. */
export const quantizeChannels =
  (levels: number): Attack =>
  (values, dims) => {
    // Kernels have their output channels first, matrices of this graph last.
    const channels = dims.length === 2 ? dims[1]! : dims[0]!
    const stride = dims.length === 2 ? 1 : values.length / channels
    const channelOf = (index: number): number => Math.floor(index / stride) % channels
    const peaks = new Float64Array(channels)
    for (const [index, value] of values.entries()) {
      peaks[channelOf(index)] = Math.max(peaks[channelOf(index)]!, Math.abs(value))
    }
    for (let index = 0; index < values.length; index += 1) {
      const step = peaks[channelOf(index)]! / levels
      if (step > 0) values[index] = Math.round(values[index]! / step) * step
    }
  }

/** Round to nearest on a symmetric int8 grid of one scale for the tensor. */
export const quantizeTensor: Attack = (values) => {
  const step = values.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0) / 127
  for (let index = 0; index < values.length; index += 1) values[index] = Math.round(values[index]! / step) * step
}

/** Rounds to bfloat16, ties to even. */
export const castBfloat16: Attack = (values) => {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let index = 0; index < bits.length; index += 1) {
    bits[index] = (bits[index]! + 0x7fff + ((bits[index]! >>> 16) & 1)) & 0xffff0000
  }
}

/** The 16 bits of a number as IEEE 754 binary16, rounded to nearest, for numbers below 65,504. */
export const halfOf = (value: number): number => {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (magnitude < 2 ** -14) return sign | Math.round(magnitude * 2 ** 24)
  const exponent = Math.floor(Math.log2(magnitude))
  return sign | (((exponent + 15) << 10) + Math.round((magnitude / 2 ** exponent - 1) * 1024))
}

/** Sets the smallest share of the values to zero. */
export const prune =
  (share: number): Attack =>
  (values) => {
    const threshold = values.map(Math.abs).sort()[Math.floor(share * values.length)]!
    for (let index = 0; index < values.length; index += 1) if (Math.abs(values[index]!) < threshold) values[index] = 0
  }

/** Every output row and every column times a factor in [0.25, 4], as a function-preserving rescaling does. */
export const rescale: Attack = (values, dims) => {
  const random = createSeededRandom(9)
  const columns = values.length / dims[0]!
  const rowFactors = Float64Array.from({ length: dims[0]! }, () => 4 ** (2 * random.uniform() - 1))
  const columnFactors = Float64Array.from({ length: columns }, () => 4 ** (2 * random.uniform() - 1))
  for (let index = 0; index < values.length; index += 1) {
    values[index]! *= rowFactors[Math.floor(index / columns)]! * columnFactors[index % columns]!
  }
}

/** Reverses the rows: the least permutation. */
export const permuteRows: Attack = (values, dims) => {
  const columns = values.length / dims[0]!
  const original = values.slice()
  for (let row = 0; row < dims[0]!; row += 1) {
    values.set(original.subarray(row * columns, (row + 1) * columns), (dims[0]! - 1 - row) * columns)
  }
}
