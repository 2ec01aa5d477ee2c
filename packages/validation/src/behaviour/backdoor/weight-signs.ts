import { isNootropicError, type ModelBytes } from '@nootropic/core'
import { elementTypeOf, type OnnxModel, tensorValues, walkTensors } from '@nootropic/core/formats'
import type { Sighting } from '../../scan/rule.ts'
import { findChangedBits, findStructuredBits, leastWeights } from './low-bits.ts'
import { backdoorRules } from './rules.ts'

/** What the weights of a model show. */
export interface WeightSigns {
  readonly sightings: readonly Sighting[]
  readonly measurements: Readonly<Record<string, number>>
  /** Tensors whose bytes could not be read. */
  readonly unread: readonly string[]
}

/**
 * Looks at the float32 weights of a model for what training does not leave in them: low bits with a structure, and low
 * bits in part of a rounded tensor. It sees signs and proves nothing: a payload that is encrypted and spread over unrounded
 * weights shows none. Single large weights are no sign: sound models have some 4,000 deviations out.
 */
export const checkWeightSigns = (model: OnnxModel, externalData?: ModelBytes['externalData']): WeightSigns => {
  const sightings: Sighting[] = []
  const unread: string[] = []
  let tensors = 0
  for (const { tensor } of walkTensors(model)) {
    const count = tensor.dims.reduce((product, dim) => product * dim, 1)
    if (elementTypeOf(tensor.dataType) !== 'float32' || count < leastWeights) continue
    let values: Float32Array
    try {
      values = Float32Array.from(tensorValues(tensor, externalData) as Float32Array)
    } catch (error) {
      if (!isNootropicError(error)) throw error
      unread.push(tensor.name)
      continue
    }
    tensors += 1
    const words = new Uint32Array(values.buffer).filter((word) => word << 1 !== 0)
    const structured = findStructuredBits(words)
    if (structured !== undefined) {
      sightings.push({
        rule: backdoorRules['structured-low-bits'],
        message: `expected independent bits at the end of trained weights, the lowest ${structured.bits} of ${structured.count} weights from ${structured.from} deviate from chance by ${Math.round(structured.deviations)} standard deviations`,
        inside: tensor.name,
        evidence: { ...structured },
      })
    }
    const changed = findChangedBits(words)
    if (changed !== undefined) {
      sightings.push({
        rule: backdoorRules['low-bits-change'],
        message: `expected weights rounded all over the tensor, ${changed.count} of them from ${changed.from} are not`,
        inside: tensor.name,
        evidence: { ...changed },
      })
    }
  }
  return { sightings, measurements: { weightTensors: tensors }, unread }
}
