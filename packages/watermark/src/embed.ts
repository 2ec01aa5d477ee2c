import type { KeyObject } from 'node:crypto'
import { NootropicError } from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import type { Claim, EmbeddedClaim, Placement } from './claim.ts'
import { extractWatermark } from './extract.ts'
import { createKeystream, keystreamSalt } from './keystream.ts'
import { createDithers, modulate } from './modulation.ts'
import { encodePayload } from './payload.ts'
import { createPattern } from './projection.ts'
import { channelLayout, findHosts, minimumTensorSize } from './weights.ts'

/** What a mark is written with. */
export interface EmbedOptions {
  /** The owner's secret, 32 bytes. Who has it can read the mark, and erase it. */
  readonly key: KeyObject
  readonly claim: Claim
  /**
   * The most that the marked weights may change, as mean squared relative change: 1e-4 is 1 %. More makes the mark
   * outlive more.
   *
   * @defaultValue 1e-4
   */
  readonly strength?: number
}

/** A marked model. */
export interface Embedding {
  /** The model: as long as the original, and the same outside the marked tensors. */
  readonly bytes: Uint8Array
  /** The claim with where and how strongly it was written: keep it, the mark cannot be read without it. */
  readonly claim: EmbeddedClaim
  /** Names of the marked tensors. */
  readonly tensors: readonly string[]
  /** Mean squared relative change of the marked weights; at most the strength. */
  readonly deviation: number
}

const defaultStrength = 1e-4
// Below, float32 rounding eats the mark; above, the change is no longer small beside what int4 quantisation does.
const strengthRange = { least: 1e-7, most: 1e-2 } as const

// More weights make longer codes affordable, and longer codes make the proof stronger.
const groupsFor = (size: number): Placement['groups'] => (size < 3e6 ? 512 : size < 1e8 ? 1024 : 4096)

/** Mean squared change of values, relative to their mean square. */
const relativeChange = (before: readonly Float32Array[], after: readonly Float32Array[]): number => {
  let change = 0
  let energy = 0
  for (const [tensor, originals] of before.entries()) {
    const marked = after[tensor]!
    for (let index = 0; index < originals.length; index += 1) {
      const original = originals[index]!
      const difference = marked[index]! - original
      change += difference * difference
      energy += original * original
    }
  }
  return change / energy
}

/**
 * Writes a claim of ownership into the weights of an ONNX model, without data and without training. The mark is read back
 * before the model is returned.
 *
 * @param bytes the model; it is not changed.
 * @throws NootropicError `WATERMARK_UNSUITABLE` when the model has too few weights, `MODEL_MALFORMED` or `LIMIT_EXCEEDED`
 *   for what is not a readable ONNX model, `KEY_UNAVAILABLE` for a key that is not 32 bytes, `USAGE` for a strength
 *   outside [1e-7, 1e-2].
 */
export const embedWatermark = (bytes: Uint8Array, options: EmbedOptions): Embedding => {
  const { key, claim, strength = defaultStrength } = options
  if (!(strength >= strengthRange.least && strength <= strengthRange.most)) {
    throw new NootropicError(
      'USAGE',
      `expected a strength from ${strengthRange.least} to ${strengthRange.most}, got ${strength}`,
    )
  }
  const hosts = findHosts(readOnnx(bytes))
  const chosen = hosts.filter(({ values }) => values.length >= minimumTensorSize)
  if (chosen.length === 0) {
    const largest = hosts.reduce((most, { values }) => Math.max(most, values.length), 0)
    throw new NootropicError(
      'WATERMARK_UNSUITABLE',
      `expected at least one float32 weight of ${minimumTensorSize} elements besides the first convolution and the last ` +
        `layer, found ${largest} elements in the largest; use a fingerprint for this model instead`,
    )
  }

  const size = chosen.reduce((sum, { values }) => sum + values.length, 0)
  const groups = groupsFor(size)
  const tensors = chosen.map(({ placed }) => placed)
  const keystream = createKeystream(key, keystreamSalt(claim.digest, { groups, tensors }))
  const codeword = encodePayload(claim.digest, groups)
  const carriers = chosen.map(({ placed, values }, index) => ({
    values: values.slice(),
    layout: channelLayout(placed),
    pattern: createPattern(keystream, `t${index}`, values.length, groups),
  }))
  const step = modulate(carriers, createDithers(keystream, groups), codeword, strength)
  const deviation = relativeChange(
    chosen.map(({ values }) => values),
    carriers.map(({ values }) => values),
  )

  const output = Uint8Array.from(bytes)
  for (const [index, { raw }] of chosen.entries()) {
    const { buffer, byteOffset, byteLength } = carriers[index]!.values
    output.set(new Uint8Array(buffer, byteOffset, byteLength), raw.byteOffset - bytes.byteOffset)
  }
  const embedded: EmbeddedClaim = { ...claim, placement: { groups, step, tensors } }
  const readBack = extractWatermark(output, { key, claim: embedded })
  if (readBack.verdict !== 'present' || readBack.payloadBitErrors > 0 || deviation > strength) {
    throw new NootropicError(
      'WATERMARK_UNSUITABLE',
      `expected the mark to read back from the ${size} weights it was written into at strength ${strength}, but it does not; ` +
        'raise the strength or use a fingerprint for this model instead',
    )
  }
  return { bytes: output, claim: embedded, tensors: tensors.map(({ name }) => name), deviation }
}
