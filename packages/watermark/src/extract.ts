import type { KeyObject } from 'node:crypto'
import { canonicalJson, type Digest, NootropicError, sha256 } from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import { claimSchema, type EmbeddedClaim } from './claim.ts'
import { acceptedLog10FalsePositive, weighAgreement } from './decide.ts'
import { createKeystream, keystreamSalt } from './keystream.ts'
import { createDithers, demodulate } from './modulation.ts'
import { countBitErrors, decodePayload, encodePayload } from './payload.ts'
import { createPattern } from './projection.ts'
import { channelLayout, findTensors } from './weights.ts'

/**
 * What was read. `absent` means that this model does not show the mark, not that it was never marked; `incomplete`, that
 * the question could not be put to it.
 */
export type Extraction =
  | {
      readonly verdict: 'present' | 'absent'
      /** Base-10 logarithm of a bound on the chance that an unmarked model agrees as well; `present` is below -40. */
      readonly log10FalsePositive: number
      /** Share of code bits read wrong, before error correction; 0.5 is chance. */
      readonly bitErrorRate: number
      /** How many of the 256 payload bits the decoder read wrong without knowing them; 0 is the whole claim. */
      readonly payloadBitErrors: number
    }
  | { readonly verdict: 'incomplete'; readonly reason: string }

const checkClaim = (claim: EmbeddedClaim): Required<EmbeddedClaim> => {
  const parsed = claimSchema.required().safeParse(claim)
  const problem = parsed.error?.issues[0]
  if (!parsed.success) {
    throw new NootropicError(
      'USAGE',
      `expected the claim that embedding returned; ${problem?.path.join('.')}: ${problem?.message}`,
    )
  }
  const digest: Digest = sha256(canonicalJson(parsed.data.record))
  if (digest !== parsed.data.digest) {
    throw new NootropicError(
      'USAGE',
      `expected a claim whose digest is that of its record, ${digest}, got ${parsed.data.digest}`,
    )
  }
  return { ...parsed.data, digest }
}

/**
 * Looks for the mark of a claim in a model, by the key alone: neither the original nor data is needed. Tensors are found
 * by name, else by shape, in float32 or float16.
 *
 * @throws NootropicError `USAGE` for a claim that was never embedded or does not hold together, `KEY_UNAVAILABLE`,
 *   `MODEL_MALFORMED` or `LIMIT_EXCEEDED`.
 */
export const extractWatermark = (
  bytes: Uint8Array,
  options: { readonly key: KeyObject; readonly claim: EmbeddedClaim },
): Extraction => {
  const { digest, placement } = checkClaim(options.claim)
  const { groups, step, tensors } = placement
  const keystream = createKeystream(options.key, keystreamSalt(digest, placement))
  const found = findTensors(readOnnx(bytes), tensors)
  const missing = tensors.filter((_, index) => found[index] === undefined)
  if (missing.length > 0) {
    const [first] = missing
    const reason = `expected ${tensors.length} marked tensors, ${missing.length} are not there as float32 or float16: "${first?.name}" [${first?.dims.join(', ')}]`
    return { verdict: 'incomplete', reason }
  }
  const carriers = tensors.map((placed, index) => {
    const values = found[index]!
    return {
      values,
      layout: channelLayout(placed),
      pattern: createPattern(keystream, `t${index}`, values.length, groups),
    }
  })
  const softBits = demodulate(carriers, { step, dithers: createDithers(keystream, groups) })
  if (softBits.some(Number.isNaN)) {
    return { verdict: 'incomplete', reason: 'expected finite weights in the marked tensors, found infinities or NaN' }
  }
  const { log10FalsePositive, bitErrorRate } = weighAgreement(softBits, encodePayload(digest, groups))
  return {
    verdict: log10FalsePositive < acceptedLog10FalsePositive ? 'present' : 'absent',
    log10FalsePositive,
    bitErrorRate,
    payloadBitErrors: countBitErrors(digest, decodePayload(softBits)),
  }
}
