import { type KeyObject, sign, verify } from 'node:crypto'
import { type AuditEntry, NootropicError } from '@nootropic/core'
import { z } from 'zod'
import { type Checkpoint, type CheckpointVerifier, createCheckpointVerifier, parseNote } from './checkpoint.ts'
import { decodeRecord } from './record.ts'
import { rootOf } from './segment-reader.ts'
import type { TileTree } from './tile-tree.ts'

/** The actor of what the log says of itself. Nobody else may append entries of it. */
export const logActor = 'system:audit-log'

const sealAction = 'seal-epoch'
// Canonical JSON begins with these members, so a seal is found without parsing every record.
const sealStart = Buffer.from(`{"action":"${sealAction}","actor":"${logActor}"`)

const sealSchema = z.strictObject({
  /** The key of the epoch that ends here. */
  verifierKey: z.string(),
  nextVerifierKey: z.string(),
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
})

/**
 * What the ending epoch's key signs: the tree of everything before the seal, and the next key. A later key can therefore
 * sign another past only where no seal stands, and the first line keeps this text from being taken for a checkpoint.
 */
const sealText = (head: Checkpoint, nextVerifierKey: string): Buffer =>
  Buffer.from(`nootropic audit epoch v1\n${head.origin}\n${head.size}\n${head.root}\n${nextVerifierKey}\n`)

/** The entry that ends an epoch. Its own index is `head.size`. */
export const sealEntry = (
  head: Checkpoint,
  keys: { verifierKey: string; nextVerifierKey: string; privateKey: KeyObject },
): AuditEntry => {
  const { verifierKey, nextVerifierKey, privateKey } = keys
  const signature = sign(null, sealText(head, nextVerifierKey), privateKey).toString('base64')
  return {
    category: 'security',
    actor: logActor,
    action: sealAction,
    resource: 'log:epoch',
    outcome: 'succeeded',
    details: { verifierKey, nextVerifierKey, signature },
  }
}

/** The keys that a seal names, or undefined if the record is none. Nothing is verified. */
export const readSeal = (body: Buffer): z.infer<typeof sealSchema> | undefined =>
  body.subarray(0, sealStart.length).equals(sealStart)
    ? sealSchema.safeParse(decodeRecord(body)?.details).data
    : undefined

/** The keys of a log's epochs, from the one that was handed out at its beginning. */
export interface KeyChain {
  readonly origin: string
  /** Told of each record, in order, with the tree before it. @throws NootropicError `AUDIT_CORRUPT` for a wrong seal. */
  record(body: Buffer, before: TileTree): void
  /** Verifies a checkpoint by the key of the epoch that its last entry is in. @throws NootropicError `AUDIT_CORRUPT` */
  verify(note: string): Checkpoint
}

/** A seal with what it signs: the tree of everything before it. Whoever has the first key learns the next from it. */
export const provenSealSchema = z.strictObject({
  size: z.number().int().nonnegative(),
  root: z.string(),
  nextVerifierKey: z.string(),
  signature: sealSchema.shape.signature,
})
type ProvenSeal = z.infer<typeof provenSealSchema>

const refuse = (found: string): never => {
  throw new NootropicError(
    'AUDIT_CORRUPT',
    `expected an epoch sealed by its own key, got ${found}; keep the files as evidence`,
  )
}

const verifySeal = ({ publicKey, origin }: CheckpointVerifier, seal: ProvenSeal): CheckpointVerifier => {
  const text = sealText({ origin, size: seal.size, root: seal.root }, seal.nextVerifierKey)
  if (!verify(null, text, publicKey, Buffer.from(seal.signature, 'base64'))) {
    refuse(`a seal at ${seal.size} that does not verify`)
  }
  const next = createCheckpointVerifier(seal.nextVerifierKey)
  return next.origin === origin ? next : refuse(`a key of ${next.origin}`)
}

/**
 * Verifies a checkpoint by the first key of its log and the seals from there to its epoch, in order.
 *
 * @throws NootropicError `AUDIT_CORRUPT`; `USAGE` if the verifier key cannot be read.
 */
export const verifySealedCheckpoint = (
  note: string,
  firstVerifierKey: string,
  seals: readonly ProvenSeal[],
): Checkpoint => {
  const size = parseNote(note)?.checkpoint.size ?? 0
  let verifier = createCheckpointVerifier(firstVerifierKey)
  let sealedAt = -1
  for (const seal of seals) {
    // The seal itself is under a checkpoint of its own epoch.
    if (seal.size <= sealedAt || seal.size + 1 >= size) refuse(`a seal at ${seal.size} that is out of place`)
    verifier = verifySeal(verifier, seal)
    sealedAt = seal.size
  }
  return verifier.verify(note)
}

/** @throws NootropicError `USAGE` if the verifier key cannot be read. */
export const createKeyChain = (firstVerifierKey: string): KeyChain => {
  const first = createCheckpointVerifier(firstVerifierKey)
  const { origin } = first
  // `after`: the size up to which the epoch before still signs; its seal is its last entry.
  const epochs: { after: number; verifierKey: string; verifier: CheckpointVerifier }[] = [
    { after: -1, verifierKey: firstVerifierKey, verifier: first },
  ]
  return {
    origin,
    record(body, before) {
      if (!body.subarray(0, sealStart.length).equals(sealStart)) return
      const { size } = before
      const seal = readSeal(body) ?? refuse(`no seal at ${size}`)
      const current = epochs.at(-1)
      if (seal.verifierKey !== current?.verifierKey) return refuse(`the seal of another epoch at ${size}`)
      const { nextVerifierKey, signature } = seal
      const verifier = verifySeal(current.verifier, { size, root: rootOf(before), nextVerifierKey, signature })
      epochs.push({ after: size + 1, verifierKey: seal.nextVerifierKey, verifier })
    },
    verify(note) {
      const size = parseNote(note)?.checkpoint.size ?? 0
      return (epochs.findLast(({ after }) => after < size) ?? { verifier: first }).verifier.verify(note)
    },
  }
}
