import { createHash, sign, verify } from 'node:crypto'
import { type Clock, NootropicError, systemClock } from '@nootropic/core'
import { createCheckpointVerifier, parseNote, parseTypedKey, rawPublicKey, type SigningKey } from './checkpoint.ts'
import type { EntryProof } from './entry-proof.ts'
import { verifySealedCheckpoint } from './epoch.ts'
import { type ConsistencyProof, verifyConsistency } from './proof.ts'

// C2SP tlog-cosignature: the algorithm byte of a timestamped Ed25519 cosignature.
const cosignatureType = 0x04
const idBytes = 4
const timeBytes = 8
const signatureBytes = 64

const keyIdOf = (name: string, raw: Uint8Array): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(cosignatureType))
    .update(raw)
    .digest()
    .subarray(0, idBytes)

const cosignedText = (seconds: bigint, text: string): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)

const refuse = (message: string): never => {
  throw new NootropicError('AUDIT_CORRUPT', `${message}; keep both checkpoints as evidence that the log was forked`)
}

/** The newest head of a log that a witness has seen. */
export interface WitnessedHead {
  readonly size: number
  readonly root: string
}

/** Where a witness keeps what it has seen: on another disk, as another user, or on another machine than the log. */
export interface WitnessStore {
  read(): Promise<WitnessedHead | undefined>
  /** Resolves when it is on disk. */
  write(head: WitnessedHead): Promise<void>
}

/** Somebody else than the log's writer who signs only heads that continue what it signed before. */
export interface Witness {
  /** The witness's public key as one line (C2SP vkey). */
  readonly verifierKey: string
  /**
   * Adds a cosignature to a checkpoint.
   *
   * @param proof that the log continues the last head that this witness saw; not needed for the first or the same size.
   * @param seals of a log with epochs: from its first key to the one that signed the note, as `log.prove` gives them.
   * @returns the note with one signature line more.
   * @throws NootropicError `AUDIT_CORRUPT` if the log did not sign it, or it does not continue what was seen.
   */
  cosign(note: string, proof?: ConsistencyProof, seals?: EntryProof['seals']): Promise<string>
}

/**
 * Makes a witness of one log (C2SP tlog-witness, without its transport).
 *
 * @param options.name the witness's key name: printable ASCII without space or plus.
 */
export const createWitness = (options: {
  name: string
  key: SigningKey
  logVerifierKey: string
  store: WitnessStore
  clock?: Clock
}): Witness => {
  const { name, key, store, clock = systemClock } = options
  if (!/^[\x21-\x2a\x2c-\x7e]{1,255}$/.test(name)) {
    throw new NootropicError(
      'USAGE',
      'expected a witness name of 1 to 255 printable ASCII characters without space or +',
    )
  }
  const raw = rawPublicKey(key.publicKey)
  const keyId = keyIdOf(name, raw)
  createCheckpointVerifier(options.logVerifierKey) // a key that cannot be read is told now
  let queue: Promise<unknown> = Promise.resolve()

  const cosign = async (
    note: string,
    proof: ConsistencyProof | undefined,
    seals: EntryProof['seals'],
  ): Promise<string> => {
    const { size, root } = verifySealedCheckpoint(note, options.logVerifierKey, seals)
    const seen = await store.read()
    if (seen !== undefined) {
      if (size < seen.size) return refuse(`expected a head of at least ${seen.size} entries, got one of ${size}`)
      if (size === seen.size && root !== seen.root) return refuse(`expected the root seen at size ${size}, got another`)
      if (size > seen.size && seen.size > 0) {
        const isThese = proof?.from.root === seen.root && Number(proof.from.size) === seen.size
        if (proof === undefined || !isThese || proof.to.root !== root || Number(proof.to.size) !== size) {
          return refuse(
            `expected a proof from size ${seen.size} to ${size}, got ${proof === undefined ? 'none' : 'another'}`,
          )
        }
        verifyConsistency(proof)
      }
    }
    // Seen before signed: a witness that is killed in between has promised nothing.
    await store.write({ size, root })
    const seconds = BigInt(Math.floor(clock.now().getTime() / 1000))
    const time = Buffer.alloc(timeBytes)
    time.writeBigUInt64BE(seconds)
    const signature = sign(null, cosignedText(seconds, parseNote(note)?.text ?? ''), key.privateKey)
    return `${note}\u2014 ${name} ${Buffer.concat([keyId, time, signature]).toString('base64')}\n`
  }

  const typed = Buffer.concat([Uint8Array.of(cosignatureType), raw])
  return {
    verifierKey: `${name}+${keyId.toString('hex')}+${typed.toString('base64')}`,
    cosign(note, proof, seals = []) {
      const result = queue.then(() => cosign(note, proof, seals))
      queue = result.catch(() => {})
      return result
    },
  }
}

/**
 * Verifies that a witness cosigned a checkpoint. The log's own signature is not looked at: use `verifyCheckpoint` too.
 *
 * @returns when it was cosigned, by the witness's clock.
 * @throws NootropicError `AUDIT_CORRUPT` if it did not; `USAGE` if the witness's vkey cannot be read.
 */
export const verifyCosignature = (note: string, witnessVerifierKey: string): Date => {
  const { name, keyId, publicKey } = parseTypedKey(witnessVerifierKey, cosignatureType)
  const parts = parseNote(note) ?? refuse('expected a signed checkpoint, got another text')
  for (const line of parts.signatures.trimEnd().split('\n')) {
    const [, signer, encoded = ''] = line.split(' ')
    const bytes = Buffer.from(encoded, 'base64')
    if (signer !== name || !bytes.subarray(0, idBytes).equals(keyId)) continue
    const isWhole = bytes.length === idBytes + timeBytes + signatureBytes && bytes.toString('base64') === encoded
    const seconds = isWhole ? bytes.readBigUInt64BE(idBytes) : 0n
    const signature = bytes.subarray(idBytes + timeBytes)
    if (isWhole && verify(null, cosignedText(seconds, parts.text), publicKey, signature)) {
      return new Date(Number(seconds) * 1000)
    }
    return refuse(`expected a cosignature of ${name}, got one that does not verify`)
  }
  return refuse(`expected a cosignature of ${name}, got none`)
}
