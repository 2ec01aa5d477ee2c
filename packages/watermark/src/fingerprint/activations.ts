import {
  createSeededRandom,
  elementCount,
  type InferenceSession,
  NootropicError,
  type Tensor,
  type TensorSpec,
  tensorArrays,
} from '@nootropic/core'
import { z } from 'zod'

/** The schema of {@link ActivationsFingerprint}. */
export const activationsSchema = z.array(z.record(z.string(), z.array(z.number())))
/** For each probe, evenly spaced numbers of each output. */
export type ActivationsFingerprint = z.infer<typeof activationsSchema>

const probeCount = 8
// Numbers kept of each output: enough to correlate, too few to rebuild the model from.
const samplesPerOutput = 256
// Stands for a dimension that the model leaves open; the first is the batch.
const openBatch = 1
const openDimension = 32
// A probe of more elements than this is no probe any more (CWE-770).
const maximumProbeElements = 16_777_216

const probeTensor = (spec: TensorSpec, uniform: () => number): Tensor => {
  const dims = spec.dims.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? openBatch : openDimension))
  const size = elementCount(dims)
  if (spec.type === 'string' || size > maximumProbeElements) {
    throw new NootropicError(
      'INPUT_INVALID',
      `expected inputs of numbers, at most ${maximumProbeElements}, to probe with; "${spec.name}" is ${spec.type} [${dims.join(', ')}]`,
    )
  }
  const data = new tensorArrays[spec.type](new ArrayBuffer(size * tensorArrays[spec.type].BYTES_PER_ELEMENT), 0, size)
  if (data instanceof Float32Array || data instanceof Float64Array) {
    for (let index = 0; index < size; index += 1) data[index] = uniform()
  } else if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let index = 0; index < size; index += 1) data[index] = BigInt(Math.round(uniform()))
  } else {
    // Half floats as bits: 0 or 1, as for the other whole numbers.
    const one = spec.type === 'float16' ? 0x3c00 : 1
    for (let index = 0; index < size; index += 1) data[index] = Math.round(uniform()) * one
  }
  return { type: spec.type, dims, data }
}

const samples = (tensor: Tensor): number[] | undefined => {
  const { data } = tensor
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return undefined
  const kept = Math.min(samplesPerOutput, data.length)
  return Array.from({ length: kept }, (_, index) => {
    const value = data[Math.floor((index * data.length) / kept)] ?? 0
    return Number.isFinite(value) ? Number(value.toPrecision(6)) : 0
  })
}

/** Runs a model on seeded probes, uniform in [0, 1), and keeps a sample of what comes out. */
export const fingerprintActivations = async (session: InferenceSession): Promise<ActivationsFingerprint> => {
  const probes: ActivationsFingerprint = []
  for (let seed = 0; seed < probeCount; seed += 1) {
    const { uniform } = createSeededRandom(seed)
    const feeds = Object.fromEntries(session.inputs.map((spec) => [spec.name, probeTensor(spec, uniform)]))
    const outputs = await session.run(feeds)
    const kept = session.outputs.flatMap(({ name }, ordinal): [string, number[]][] => {
      const sampled = outputs[name] && samples(outputs[name])
      return sampled === undefined ? [] : [[String(ordinal), sampled]]
    })
    probes.push(Object.fromEntries(kept))
  }
  return probes
}
