import { NootropicError } from '@nootropic/core'
import { z } from 'zod'
import type { Checkpoint } from './checkpoint.ts'
import { provenSealSchema, verifySealedCheckpoint } from './epoch.ts'
import { hashLeaf } from './merkle.ts'
import { verifyConsistency, verifyInclusion } from './proof.ts'
import { type AuditRecord, decodeRecord } from './record.ts'
import { parseAnchor } from './verify-log.ts'

// No tree of 2^64 entries has a longer path; a log of ten years has fewer epochs (CWE-770).
const maximumHashes = 128
const maximumSeals = 100_000
const hashesSchema = z.array(z.string().max(64)).max(maximumHashes)

/** The schema of {@link EntryProof}. */
export const entryProofSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Where the entry stands, and the bytes that are hashed: canonical JSON. */
  index: z.number().int().nonnegative(),
  record: z.string().max(65_280),
  /** From the entry to the root of the checkpoint. */
  hashes: hashesSchema,
  /** The signed checkpoint that the proof leads to. */
  checkpoint: z.string().max(4096),
  /** From the first key of the log to the key that signed the checkpoint. */
  seals: z.array(provenSealSchema).max(maximumSeals),
  /** That the log only grew since it had this size and root. */
  since: z.strictObject({ size: z.number().int().positive(), root: z.string(), hashes: hashesSchema }).optional(),
})
/** That an entry is in a log, for somebody who has the log's first key and nothing else of it. */
export type EntryProof = z.infer<typeof entryProofSchema>

/** What a proof proves. */
export interface ProvenEntry {
  readonly index: number
  readonly record: AuditRecord
  /** Of the log that has the entry. */
  readonly checkpoint: Checkpoint
  /** The earlier state that this log is known to go on from. */
  readonly since?: { readonly size: number; readonly root: string }
}

const refuse = (found: string): never => {
  throw new NootropicError('AUDIT_CORRUPT', `expected a proof of an audit entry, found ${found}; ask for another proof`)
}

/**
 * Verifies a proof that left the log.
 *
 * @param options.verifierKey the key that was handed out when the log began.
 * @param options.anchor a checkpoint that was kept: the proof must say that the log goes on from it.
 * @throws NootropicError `AUDIT_CORRUPT` if it does not prove what it says; `USAGE` if the key cannot be read.
 */
export const verifyEntryProof = (
  proof: unknown,
  options: { verifierKey: string; anchor?: string | undefined },
): ProvenEntry => {
  const parsed = entryProofSchema.safeParse(proof)
  if (!parsed.success) return refuse(`another document: ${z.prettifyError(parsed.error)}`)
  const { index, hashes, seals, since } = parsed.data
  const bytes = Buffer.from(parsed.data.record)
  const checkpoint = verifySealedCheckpoint(parsed.data.checkpoint, options.verifierKey, seals)
  const { size, root } = checkpoint
  verifyInclusion({ index, size, root, leafHash: hashLeaf(bytes).toString('base64'), hashes })
  const record = decodeRecord(bytes) ?? refuse('bytes that are no audit entry')
  if (since !== undefined) verifyConsistency({ from: since, to: { size, root }, hashes: since.hashes })
  if (options.anchor !== undefined) {
    const anchor = parseAnchor(options.anchor, checkpoint.origin)
    const known = [checkpoint, ...(since === undefined ? [] : [since])]
    if (!known.some((head) => head.size === anchor.size && head.root === anchor.root)) {
      refuse(
        `nothing of the anchored checkpoint of ${anchor.size} entries in it, or another root; prove since that size`,
      )
    }
  }
  return {
    index,
    record,
    checkpoint,
    ...(since === undefined ? {} : { since: { size: since.size, root: since.root } }),
  }
}
