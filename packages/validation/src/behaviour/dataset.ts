import {
  createSeededRandom,
  elementCount,
  NootropicError,
  type Tensor,
  type TensorSpec,
  tensorArrays,
} from '@nootropic/core'

/** A tensor of real numbers: what attacks and corruptions change. */
export interface FloatTensor extends Tensor {
  readonly type: 'float32' | 'float64'
  readonly data: Float32Array | Float64Array
}

/** A normalisation whose channels have different bounds. */
export interface ChannelNormalisation {
  /** The axis of the channels in the inputs. */
  readonly axis: number
  /** An element is (value - mean) / deviation of its channel. */
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
  /** The least and the greatest value before. */
  readonly domain: readonly [number, number]
}

/** Examples to test a model with. */
export interface Dataset {
  /** Batch first: `dims[0]` is the number of examples. */
  readonly inputs: FloatTensor
  /** The true class of each example. Without labels the model's own clean answer stands in for them. */
  readonly labels?: readonly number[]
  /** The least and the greatest value an input element may have. Epsilon and noise are fractions of its width. */
  readonly domain: readonly [number, number]
  /**
   * Present where channels were normalised each on its own: `domain` is then the widest of theirs, and epsilon means less
   * in one than in another. `foldNormalisation` moves it into the model, where attacks have the domain before it.
   */
  readonly normalisation?: ChannelNormalisation
}

/** A dimension that the model leaves open is probed with this length. */
const openDimension = 1

/** Elements of one synthesised example: above it the probe would be the denial of service (CWE-770). */
const maximumProbeElements = 1 << 24

/** An array of zeros of a floating type. */
export const floatArray = (type: FloatTensor['type'], length: number): Float32Array | Float64Array =>
  type === 'float32' ? new Float32Array(length) : new Float64Array(length)

/** Whether attacks and corruptions can change this tensor. */
export const isFloatTensor = (tensor: Tensor): tensor is FloatTensor =>
  tensor.type === 'float32' || tensor.type === 'float64'

/**
 * Seeded examples for one declared input: uniform in `domain` for floating types, zeros for all others, whose meaning
 * (a token, a rate, a flag) nobody can guess. Open dimensions get length 1, the first one `rows`.
 *
 * @throws NootropicError `LIMIT_EXCEEDED`
 */
export const synthesiseInput = (
  spec: TensorSpec,
  options: { rows: number; seed: number; domain: Dataset['domain'] },
): Tensor => {
  const dims = spec.dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim
    return axis === 0 ? options.rows : openDimension
  })
  const length = elementCount(dims)
  if (length > maximumProbeElements) {
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected an input of at most ${maximumProbeElements} elements to synthesise, "${spec.name}" has ${length}; give a dataset`,
    )
  }
  if (spec.type === 'string') return { type: spec.type, dims, data: new Array<string>(length).fill('') }
  if (spec.type !== 'float32' && spec.type !== 'float64') {
    const Data = tensorArrays[spec.type]
    return { type: spec.type, dims, data: new Data(new ArrayBuffer(length * Data.BYTES_PER_ELEMENT), 0, length) }
  }
  const random = createSeededRandom(options.seed)
  const [least, greatest] = options.domain
  const data = floatArray(spec.type, length)
  for (let index = 0; index < length; index += 1) data[index] = least + random.uniform() * (greatest - least)
  return { type: spec.type, dims, data }
}

/** @throws NootropicError `USAGE` when labels, shape and domain contradict each other. */
export const verifyDataset = (dataset: Dataset): void => {
  const { inputs, labels, domain } = dataset
  const rows = inputs.dims[0] ?? 0
  const refuse = (expected: string): never => {
    throw new NootropicError('USAGE', `expected a dataset with ${expected}`)
  }
  if (!isFloatTensor(inputs)) refuse(`float32 or float64 inputs, got ${(inputs as Tensor).type}`)
  if (rows < 1 || elementCount(inputs.dims) !== inputs.data.length) {
    refuse(`one row or more and as many elements as its shape says, got [${inputs.dims}] and ${inputs.data.length}`)
  }
  if (labels !== undefined && labels.length !== rows) refuse(`one label a row, got ${labels.length} for ${rows} rows`)
  if (labels?.some((label) => !Number.isInteger(label) || label < 0)) refuse('labels that are class numbers from 0')
  if (!(domain[0] < domain[1] && domain.every(Number.isFinite)))
    refuse(`a domain [least, greatest] of finite numbers, got [${domain}]`)
}
