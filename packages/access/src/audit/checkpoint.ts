import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { NootropicError } from '@nootropic/core'
import { hashLength } from './merkle.ts'

/** What a log says of itself: its name, how many entries it has, and their root, base64. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: string
}

/** An Ed25519 key pair that signs checkpoints and nothing else. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

// A note of this log has five short lines. Longer is not ours and is not parsed (CWE-770).
export const maximumNoteBytes = 4096

// C2SP signed-note: the algorithm byte of Ed25519.
const ed25519 = 0x01
// A key name holds no space and no plus; the log's origin is used as its key name. Printable ASCII, no look-alikes.
const originPattern = /^[\x21-\x2a\x2c-\x7e]{1,255}$/

const refuse = (message: string): never => {
  throw new NootropicError('AUDIT_CORRUPT', `${message}; keep the files as evidence`)
}

/** The 32 bytes of an Ed25519 public key. @throws NootropicError `USAGE` for another kind of key. */
export const rawPublicKey = (key: KeyObject): Buffer => {
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new NootropicError('USAGE', `expected an Ed25519 key for the audit log, got ${key.asymmetricKeyType}`)
  }
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
}

const keyIdOf = (name: string, publicKey: Buffer, type = ed25519): Buffer =>
  createHash('sha256').update(`${name}\n`).update(Uint8Array.of(type)).update(publicKey).digest().subarray(0, 4)

/** @throws NootropicError `USAGE` if checkpoints cannot hold the name. */
export const checkOrigin = (origin: string): string => {
  if (originPattern.test(origin)) return origin
  throw new NootropicError(
    'USAGE',
    `expected an origin of 1 to 255 printable ASCII characters without space or +, such as "example.org/audit", got ${JSON.stringify(origin)}`,
  )
}

/**
 * The public key of a log as one line of text (C2SP signed-note vkey), to be kept apart from the log.
 *
 * @example
 * ```ts
 * formatVerifierKey('example.org/audit', publicKey) // 'example.org/audit+c5b4d1a2+AQ…'
 * ```
 */
export const formatVerifierKey = (origin: string, publicKey: KeyObject): string => {
  const raw = rawPublicKey(publicKey)
  const typed = Buffer.concat([Uint8Array.of(ed25519), raw])
  return `${checkOrigin(origin)}+${keyIdOf(origin, raw).toString('hex')}+${typed.toString('base64')}`
}

interface VerifierKey {
  readonly name: string
  readonly keyId: Buffer
  readonly publicKey: KeyObject
}

/**
 * Reads a vkey of one signature type (C2SP signed-note).
 *
 * @throws NootropicError `USAGE` if the text is not the vkey of an Ed25519 key of that type.
 */
export const parseTypedKey = (text: string, type: number): VerifierKey => {
  const [, name = '', hexKeyId = '', encoded = ''] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(text) ?? []
  const typed = Buffer.from(encoded, 'base64')
  const raw = typed.subarray(1)
  const keyId = raw.length === 32 && typed[0] === type ? keyIdOf(name, raw, type) : undefined
  if (keyId?.toString('hex') !== hexKeyId || typed.toString('base64') !== encoded || !originPattern.test(name)) {
    throw new NootropicError('USAGE', 'expected a verifier key, name+8 hexadecimal digits+base64 of an Ed25519 key')
  }
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  })
  return { name, keyId, publicKey }
}

/** The signed text of a checkpoint: three lines, each with its newline (C2SP tlog-checkpoint). */
const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root}\n`

/** Signs checkpoints of one origin as C2SP signed notes. */
export const createCheckpointSigner = (origin: string, key: SigningKey): ((head: Checkpoint) => string) => {
  const keyId = keyIdOf(checkOrigin(origin), rawPublicKey(key.publicKey))
  return (head) => {
    const text = checkpointText(head)
    const signature = Buffer.concat([keyId, sign(null, Buffer.from(text), key.privateKey)])
    return `${text}\n\u2014 ${origin} ${signature.toString('base64')}\n`
  }
}

const notePattern =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids them, so they must be named
  /^(?<text>(?<origin>[^\u0000-\u001f]+)\n(?<size>0|[1-9]\d{0,15})\n(?<root>[A-Za-z0-9+/=]{44})\n)\n(?<signatures>(?:\u2014 [^\u0000-\u0020+]+ [A-Za-z0-9+/=]+\n)+)$/

/** The parts of a signed note, or undefined if it is not one. No signature is verified yet. */
export const parseNote = (note: string): { text: string; checkpoint: Checkpoint; signatures: string } | undefined => {
  const groups = note.length <= maximumNoteBytes ? notePattern.exec(note)?.groups : undefined
  const { text = '', origin = '', size = '', root = '', signatures = '' } = groups ?? {}
  const decoded = Buffer.from(root, 'base64')
  if (decoded.length !== hashLength || decoded.toString('base64') !== root || !Number.isSafeInteger(Number(size))) {
    return undefined
  }
  return { text, checkpoint: { origin, size: Number(size), root }, signatures }
}

/** Verifies the checkpoints of one log. */
export interface CheckpointVerifier {
  readonly origin: string
  readonly publicKey: KeyObject
  /** @throws NootropicError `AUDIT_CORRUPT` if it is no checkpoint, of another origin, unsigned, or wrongly signed. */
  verify(note: string): Checkpoint
}

/** @throws NootropicError `USAGE` if the verifier key cannot be read. */
export const createCheckpointVerifier = (verifierKey: string): CheckpointVerifier => {
  const { name: origin, keyId, publicKey } = parseTypedKey(verifierKey, ed25519)
  return {
    origin,
    publicKey,
    verify(note) {
      const parts = parseNote(note)
      if (parts === undefined) return refuse('expected a signed checkpoint (C2SP tlog-checkpoint), got another text')
      const { text, checkpoint, signatures } = parts
      if (checkpoint.origin !== origin) {
        return refuse(`expected a checkpoint of ${origin}, got one of ${JSON.stringify(checkpoint.origin)}`)
      }
      let isVerified = false
      for (const line of signatures.trimEnd().split('\n')) {
        const [, name, encoded = ''] = line.split(' ')
        const bytes = Buffer.from(encoded, 'base64')
        // A signature by a key that is not known says nothing: another witness may have added it.
        if (name !== origin || !bytes.subarray(0, 4).equals(keyId)) continue
        if (bytes.toString('base64') !== encoded || !verify(null, Buffer.from(text), publicKey, bytes.subarray(4))) {
          return refuse(`expected a signature of ${origin} over size ${checkpoint.size}, got one that does not verify`)
        }
        isVerified = true
      }
      return isVerified ? checkpoint : refuse(`expected a checkpoint signed by the key of ${origin}, got none`)
    },
  }
}

/**
 * Reads a signed checkpoint and verifies its signature.
 *
 * @throws NootropicError `AUDIT_CORRUPT` if it is no checkpoint, of another origin, unsigned, or wrongly signed;
 * `USAGE` if the verifier key cannot be read.
 */
export const verifyCheckpoint = (note: string, verifierKey: string): Checkpoint =>
  createCheckpointVerifier(verifierKey).verify(note)
