import { elementCount } from '@nootropic/core'
import type { ActivationsFingerprint } from './activations.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { WeightSketch } from './weights.ts'

/** How two models are related. */
export interface Comparison {
  /**
   * - `identical`: the same graph with the very same constants, whatever their names and order.
   * - `descendant`: at least half of the reference's weights are found again in the suspect, changed: fine-tuned, quantised,
   *   pruned, marked, or with another head.
   * - `unrelated`: they are not. A model whose neurons were reordered also looks so.
   * - `incomplete`: the fingerprints do not hold enough to tell.
   */
  readonly relation: 'identical' | 'descendant' | 'unrelated' | 'incomplete'
  readonly evidence: {
    readonly sameArchitecture?: boolean
    readonly sameParameterShapes?: boolean
    /** Whether every constant has the same bytes at the same place of the same graph. */
    readonly sameWeights?: boolean
    /** Share of the reference's sketched weights whose tensor is found again, with a correlation of at least 0.3. */
    readonly sharedWeights?: number
    /** Mean correlation of the best matches, by number of weights. */
    readonly weightCorrelation?: number
    /** Correlation of the outputs on the probes. Unrelated models of one task also agree, so it decides nothing. */
    readonly activationCorrelation?: number
  }
}

// Unrelated tensors reach this with a chance below 1e-11 (see the length of the sketch); descendants in the experiments of
// the field stay above 0.6.
const relatedCorrelation = 0.3
// Below half, a shared fixed basis (an STFT, an embedding of a public model) would make relatives of strangers.
const relatedShare = 0.5

const correlation = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  let product = 0
  let leftEnergy = 0
  let rightEnergy = 0
  for (let index = 0; index < left.length; index += 1) {
    const one = left[index] ?? 0
    const other = right[index] ?? 0
    product += one * other
    leftEnergy += one * one
    rightEnergy += other * other
  }
  return leftEnergy > 0 && rightEnergy > 0 ? product / Math.sqrt(leftEnergy * rightEnergy) : 0
}

const unpack = ({ dims, sketch }: WeightSketch) => ({
  shape: dims.join(','),
  size: elementCount(dims),
  bytes: Int8Array.from(Buffer.from(sketch, 'base64')),
})

/** How much of the reference is found again: each tensor goes to its best match of the same shape, the best pairs first. */
const compareSketches = (reference: readonly WeightSketch[], suspect: readonly WeightSketch[]) => {
  const wanted = reference.map(unpack)
  const candidates = suspect.map(unpack)
  const pairs = wanted
    .flatMap((tensor) =>
      candidates
        .filter(({ shape }) => shape === tensor.shape)
        .map((candidate) => ({ tensor, candidate, correlation: correlation(tensor.bytes, candidate.bytes) })),
    )
    .sort((left, right) => right.correlation - left.correlation)
  const taken = new Set<object>()
  let shared = 0
  let weighted = 0
  for (const pair of pairs) {
    if (taken.has(pair.tensor) || taken.has(pair.candidate)) continue
    taken.add(pair.tensor).add(pair.candidate)
    weighted += pair.tensor.size * pair.correlation
    if (pair.correlation >= relatedCorrelation) shared += pair.tensor.size
  }
  const total = wanted.reduce((sum, { size }) => sum + size, 0)
  return { sharedWeights: shared / total, weightCorrelation: weighted / total }
}

/** Correlation of outputs over the probes, each output number free of its mean: what is common to all inputs says nothing. */
const compareActivations = (left: ActivationsFingerprint, right: ActivationsFingerprint): number => {
  const centred = (probes: ActivationsFingerprint): number[] => {
    const rows = probes.map((outputs) =>
      Object.keys(outputs)
        .sort()
        .flatMap((name) => outputs[name] ?? []),
    )
    return rows.flatMap((row) =>
      row.map((value, unit) => value - rows.reduce((sum, other) => sum + (other[unit] ?? 0), 0) / rows.length),
    )
  }
  const one = centred(left)
  const other = centred(right)
  return one.length === other.length ? correlation(one, other) : 0
}

/**
 * How a model is related to a reference, from their fingerprints.
 *
 * @example
 * ```ts
 * compareFingerprints(original, suspect).relation // 'descendant'
 * ```
 */
export const compareFingerprints = (reference: Fingerprint, suspect: Fingerprint): Comparison => {
  const architectures = reference.architecture &&
    suspect.architecture && {
      sameArchitecture: reference.architecture.graph === suspect.architecture.graph,
      sameParameterShapes: reference.architecture.parameterShapes === suspect.architecture.parameterShapes,
    }
  const activations = reference.activations &&
    suspect.activations && { activationCorrelation: compareActivations(reference.activations, suspect.activations) }
  const evidence = { ...architectures, ...activations }
  if (reference.weights === undefined || suspect.weights === undefined) return { relation: 'incomplete', evidence }

  const unread = reference.weights.unread + suspect.weights.unread
  const sameWeights = reference.weights.exact === suspect.weights.exact
  const sketches =
    reference.weights.sketches.length > 0
      ? compareSketches(reference.weights.sketches, suspect.weights.sketches)
      : undefined
  const found = { ...evidence, ...sketches, sameWeights }
  if (sameWeights && unread === 0) return { relation: 'identical', evidence: found }
  if (sketches === undefined) return { relation: 'incomplete', evidence: found }
  if (sketches.sharedWeights >= relatedShare) return { relation: 'descendant', evidence: found }
  return { relation: unread === 0 ? 'unrelated' : 'incomplete', evidence: found }
}
