import { createSecretKey } from 'node:crypto'
import { digestSchema, elementCount, sha256 } from '@nootropic/core'
import {
  dataTypes,
  externalLocation,
  type OnnxModel,
  type TensorProto,
  tensorValues,
  walkTensors,
} from '@nootropic/core/formats'
import { z } from 'zod'
import { valuesOfHalves } from '../half-float.ts'
import { createKeystream } from '../keystream.ts'
import { createPattern, project } from '../projection.ts'
import { labelModel } from './graph-label.ts'
import { leafHash, merkleRoot } from './merkle.ts'

// One byte for each projection: the cosine of two sketches differs from that of the weights by 1/sqrt(512) = 0.044
// (one deviation), so that unrelated tensors reach 0.3 with a chance below 1e-11.
const sketchLength = 512
// Projections have deviation 1 and are kept to 4 deviations on either side.
const sketchScale = 127 / 4

// Chunks of a tensor are the leaves of its tree, so that a change can be located without a second copy of the model.
const chunkBytes = 4 * 1024 * 1024
// Smaller tensors (biases, norms, shapes) look alike in unrelated models.
const minimumSketchedSize = 1024
// Each pair of two models' sketches is compared: this many take seconds, four times as many a minute (CWE-407).
const maximumSketches = 1024

/** The schema of {@link WeightsFingerprint}. */
export const weightsSchema = z.strictObject({
  /** Of the graph with the very bytes of each constant at its place, whatever the names. */
  exact: digestSchema,
  /** Tensors whose bytes stand outside the model file, which were not fingerprinted. */
  unread: z.number().int().nonnegative(),
  /** Matrices and kernels of at least 1,024 numbers, the largest first, with 512 public projections of each, base64 of int8. */
  sketches: z
    .array(z.strictObject({ dims: z.array(z.number().int().positive()), sketch: z.base64().length(684) }))
    .max(maximumSketches),
})
/** What a model's weights are: exactly, and in outline. */
export type WeightsFingerprint = z.infer<typeof weightsSchema>

/** One sketched tensor. */
export type WeightSketch = WeightsFingerprint['sketches'][number]

const tensorBytes = (tensor: TensorProto): Uint8Array => {
  const { rawData, floatData, int32Data, int64Data, doubleData, uint64Data, stringData } = tensor
  if (rawData instanceof Uint8Array) return rawData
  const runs = [floatData, int32Data, int64Data, doubleData, uint64Data, stringData].flat()
  return Buffer.concat(runs.filter((run) => run instanceof Uint8Array))
}

const exactLabel = (tensor: TensorProto): string => {
  const bytes = tensorBytes(tensor)
  const chunks: Buffer[] = []
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    chunks.push(leafHash(bytes.subarray(start, start + chunkBytes)))
  }
  return `constant ${tensor.dataType} [${tensor.dims.join(',')}] ${merkleRoot(chunks).toString('hex')}`
}

const { FLOAT, FLOAT16, DOUBLE, INT8, UINT8 } = dataTypes
const sketchedTypes: readonly number[] = [FLOAT, FLOAT16, DOUBLE, INT8, UINT8]

const isSketched = ({ dims, dataType }: TensorProto): boolean =>
  dims.length >= 2 && elementCount(dims) >= minimumSketchedSize && sketchedTypes.includes(dataType)

const valuesOf = (tensor: TensorProto): Float32Array => {
  const values = tensorValues(tensor)
  if (values instanceof Float32Array) return values
  return values instanceof Uint16Array ? valuesOfHalves(values) : Float32Array.from(values, Number)
}

// Public: a sketch must come out the same for everybody.
const keystream = createKeystream(createSecretKey(Buffer.alloc(32)), sha256('nootropic.fingerprint/1'))

/** Public projections of a tensor's numbers, free of their mean and scale. */
const sketchOf = (dims: readonly number[], values: Float32Array): string => {
  let sum = 0
  for (const value of values) sum += value
  const mean = sum / values.length
  const centred = new Float32Array(values.length)
  for (let index = 0; index < values.length; index += 1) centred[index] = values[index]! - mean
  const pattern = createPattern(keystream, dims.join('x'), values.length, sketchLength)
  const layout = { channels: 1, stride: values.length }
  const { projections } = project([{ values: centred, layout, pattern }], sketchLength)
  const bytes = Int8Array.from(projections, (projection) =>
    Math.max(-127, Math.min(127, Math.round(projection * sketchScale))),
  )
  return Buffer.from(bytes.buffer).toString('base64')
}

/** Fingerprints a model's weights. */
export const fingerprintWeights = (model: OnnxModel): WeightsFingerprint => {
  const tensors = Array.from(walkTensors(model), ({ tensor }) => tensor)
  const inside = tensors.filter(({ dataLocation }) => dataLocation !== externalLocation)
  const sketches = inside
    .filter(isSketched)
    .sort((left, right) => elementCount(right.dims) - elementCount(left.dims))
    .slice(0, maximumSketches)
    .map((tensor): WeightSketch => ({ dims: [...tensor.dims], sketch: sketchOf(tensor.dims, valuesOf(tensor)) }))
  return { exact: labelModel(model, exactLabel), unread: tensors.length - inside.length, sketches }
}
