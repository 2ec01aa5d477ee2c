import { canonicalJson, type Digest, digestSchema, NootropicError, sha256 } from '@nootropic/core'
import { z } from 'zod'

// Text that ends up in every report about the model; a claim is not a place to keep documents (CWE-770).
const maximumText = 512
const text = z.string().min(1).max(maximumText)

const recordSchema = z.strictObject({
  schema: z.literal('nootropic.watermark/1'),
  owner: text,
  /** The version of the model that was marked. */
  version: text,
  /** When the claim was made, as the owner says; nothing proves it by itself. */
  timestamp: text,
  license: text,
  /** Who received this copy, when each copy is marked for its recipient. */
  recipient: text.optional(),
})
/** What the owner says of a model. Its digest is what the weights carry. */
export type WatermarkRecord = z.infer<typeof recordSchema>

// Code lengths, and so numbers of projections: 288 bits of payload and checksum need at least 512.
const groupCounts = [512, 1024, 2048, 4096] as const

// More tensors, and more dimensions in one, than any model marks (CWE-770).
const maximumTensors = 65_536
const maximumDims = 8

const placementSchema = z.strictObject({
  /** How many projections, one for each code bit. */
  groups: z.union(groupCounts.map((count) => z.literal(count))),
  /** The step of the lattices, in deviations of a projection. */
  step: z.number().positive(),
  /** The marked tensors in their order, each with the axis of its output channels. */
  tensors: z
    .array(
      z.strictObject({
        name: z.string(),
        dims: z.array(z.number().int().positive()).min(2).max(maximumDims),
        channelAxis: z.number().int().nonnegative(),
      }),
    )
    .min(1)
    .max(maximumTensors),
})
/** Where and how strongly a mark was written. The key gives another mark for any other place: none can be sought afterwards. */
export type Placement = z.infer<typeof placementSchema>

/** The schema of a claim, embedded or not. */
export const claimSchema = z.strictObject({
  record: recordSchema,
  /** The digest of the record's canonical JSON: the 256 bits that the weights carry. */
  digest: digestSchema,
  placement: placementSchema.optional(),
})
/** A claim of ownership: plain data that the owner keeps beside the key. */
export interface Claim {
  readonly record: WatermarkRecord
  readonly digest: Digest
}
/** A claim that has been written into a model. */
export interface EmbeddedClaim extends Claim {
  readonly placement: Placement
}

/**
 * A claim about a model, ready to be embedded. The `spec.metadata` of a ModelWatermarking manifest is what it takes.
 *
 * @throws NootropicError `USAGE` for a field that is empty or longer than 512 characters.
 * @example
 * ```ts
 * createClaim({ owner: 'Example Ltd', version: '1.0.0', timestamp: '2026-01-01', license: 'MIT' })
 * ```
 */
export const createClaim = (content: Omit<WatermarkRecord, 'schema'>): Claim => {
  const parsed = recordSchema.safeParse({ schema: 'nootropic.watermark/1', ...content })
  if (!parsed.success) {
    const problem = parsed.error.issues[0]
    const where = problem?.path.join('.') || 'the claim'
    throw new NootropicError(
      'USAGE',
      `expected a claim with owner, version, timestamp and license; ${where}: ${problem?.message}`,
    )
  }
  return { record: parsed.data, digest: sha256(canonicalJson(parsed.data)) }
}
