import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { parseBase64 } from '../base64.ts'

/** Bundles have one entry, some two; each costs signatures to check (CWE-770). */
const maximumEntries = 8

/** A proof in a log of 2^64 entries. */
const maximumHashes = 64

/** An origin, a size, a root and the signatures of a log and its witnesses. */
const maximumCheckpointLength = 2 ** 14

const base64Schema = z.string().transform((text, context) => {
  const bytes = parseBase64(text)
  if (bytes !== undefined && bytes.length > 0) return bytes
  context.addIssue('expected canonical base64')
  return z.NEVER
})

// 64-bit numbers are texts in JSON (protobuf); small ones may be numbers.
const countSchema = z.union([z.string().regex(/^(0|[1-9]\d{0,18})$/), z.int().nonnegative().transform(String)])

const entrySchema = z.strictObject({
  logIndex: countSchema,
  logId: z.strictObject({ keyId: base64Schema }),
  kindVersion: z.strictObject({ kind: z.string(), version: z.string() }),
  integratedTime: countSchema.optional(),
  inclusionPromise: z.strictObject({ signedEntryTimestamp: base64Schema }).nullish(),
  inclusionProof: z.strictObject({
    logIndex: countSchema,
    rootHash: base64Schema,
    treeSize: countSchema,
    hashes: z.array(base64Schema).max(maximumHashes).default([]),
    checkpoint: z.strictObject({ envelope: z.string().max(maximumCheckpointLength) }),
  }),
  canonicalizedBody: base64Schema,
})

type LogEntry = z.infer<typeof entrySchema>

const evidenceSchema = z.looseObject({
  tlogEntries: z.array(entrySchema).min(1).max(maximumEntries),
  timestampVerificationData: z
    .strictObject({
      rfc3161Timestamps: z
        .array(z.strictObject({ signedTimestamp: base64Schema }))
        .max(maximumEntries)
        .optional(),
    })
    .nullish(),
})

/**
 * A checkpoint as C2SP tlog-checkpoint writes it. Names hold nothing that means something in a regular expression but `.`:
 * @sigstore/verify 3.1.1 takes them for one (CWE-1333).
 */
const checkpointForm =
  /^[^\n]+\n(?<size>0|[1-9]\d{0,18})\n(?<root>[A-Za-z0-9+/]+={0,2})\n(?:[^\n]+\n)*\n(?:\u2014 [\w.:/-]+ [A-Za-z0-9+/]+={0,2}\n)+$/

const checkpointProblem = ({ inclusionProof: proof }: LogEntry): string | undefined => {
  const groups = checkpointForm.exec(proof.checkpoint.envelope)?.groups
  if (groups === undefined) return 'a checkpoint of another form'
  if (groups.size !== proof.treeSize) return 'a checkpoint of another size than the proof'
  return groups.root === proof.rootHash.toString('base64') ? undefined : 'a checkpoint of another root than the proof'
}

const pemSchema = z.string().transform((encoded) => new X509Certificate(Buffer.from(encoded, 'base64')).raw)

/** The kinds of entries that hold a DSSE envelope, each giving the certificate that the log saw. */
const bodySchemas: Readonly<Record<string, z.ZodType<Buffer>>> = {
  'dsse 0.0.1': z
    .object({ spec: z.object({ signatures: z.tuple([z.object({ verifier: pemSchema })]) }) })
    .transform(({ spec }) => spec.signatures[0].verifier),
  'dsse 0.0.2': z
    .object({
      spec: z.object({
        dsseV002: z.object({
          signatures: z.tuple([
            z.object({ verifier: z.object({ x509Certificate: z.object({ rawBytes: base64Schema }) }) }),
          ]),
        }),
      }),
    })
    .transform(({ spec }) => spec.dsseV002.signatures[0].verifier.x509Certificate.rawBytes),
  'intoto 0.0.2': z
    .object({
      spec: z.object({
        content: z.object({ envelope: z.object({ signatures: z.tuple([z.object({ publicKey: pemSchema })]) }) }),
      }),
    })
    .transform(({ spec }) => spec.content.envelope.signatures[0].publicKey),
}

/**
 * Whether the log saw this very certificate. @sigstore/verify 3.1.1 compares signature and payload only: an entry that
 * somebody else made of them would lend the certificate its time (CWE-345).
 */
const bodyProblem = ({ kindVersion: { kind, version }, canonicalizedBody }: LogEntry, leaf: Uint8Array) => {
  const schema = bodySchemas[`${kind} ${version}`]
  if (schema === undefined) return `an entry of the kind ${JSON.stringify(kind.slice(0, 40))}, which holds no envelope`
  try {
    const logged = schema.parse(JSON.parse(canonicalizedBody.toString('utf8')))
    return logged.equals(leaf) ? undefined : 'an entry for another certificate'
  } catch {
    return 'an entry without a certificate'
  }
}

/** What a bundle brings to prove when and where its signature was logged; nothing of it is verified yet. */
export interface LogEvidence {
  readonly logIds: readonly Buffer[]
}

/**
 * Reads the evidence more strictly than the library that verifies it: nothing unknown, nothing that could be written in two
 * ways, proofs that say the same as their checkpoint, and entries for this certificate.
 *
 * @param material `verificationMaterial` of the bundle.
 * @param leaf the certificate of the bundle, DER.
 * @returns what was found instead, as a text.
 */
export const parseLogEvidence = (material: unknown, leaf: Uint8Array): LogEvidence | string => {
  const { data, error } = evidenceSchema.safeParse(material)
  if (data === undefined) {
    const [issue] = error.issues
    return `at ${issue?.path.join('.') || 'its start'}: ${issue?.message}`
  }
  // One entry shown twice would count as two.
  const bodies = new Set(data.tlogEntries.map(({ canonicalizedBody }) => canonicalizedBody.toString('latin1')))
  if (bodies.size < data.tlogEntries.length) return 'one entry twice'
  for (const entry of data.tlogEntries) {
    const problem = checkpointProblem(entry) ?? bodyProblem(entry, leaf)
    if (problem !== undefined) return problem
  }
  return { logIds: data.tlogEntries.map(({ logId }) => logId.keyId) }
}
