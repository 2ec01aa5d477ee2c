import type { KeyObject } from 'node:crypto'
import { NootropicError } from '../../errors.ts'

/** The hash functions of an engine, as `node:crypto` names them; `blake2b512` is BLAKE2b with 64 bytes. */
export type Hash = 'sha256' | 'sha384' | 'sha512' | 'blake2b512'

/** What AES-256-GCM takes besides the content. */
export interface GcmParameters {
  /** 32 bytes. */
  readonly key: KeyObject | Uint8Array
  /** 8 to 128 bytes: what both engines take. 12 is the length to use. */
  readonly iv: Uint8Array
  readonly associatedData: Uint8Array
}

/**
 * The primitives that sealed files, wrapped keys and signatures rest on. Two engines implement them, so that each is the
 * other's oracle: {@link nodeEngine} and the one of {@link loadPortableEngine}.
 */
export interface CryptoEngine {
  readonly name: 'node' | 'portable'
  /**
   * Encrypts by AES-256-GCM.
   *
   * @param content in pieces of any size; one piece may be the start of `sealed` itself, to encrypt in place.
   * @param sealed takes the ciphertext and the tag of 16 bytes after it; exactly as long.
   * @throws NootropicError `USAGE` for a key, IV or buffer of another length.
   */
  sealGcm(parameters: GcmParameters, content: readonly Uint8Array[], sealed: Uint8Array): void
  /**
   * Decrypts by AES-256-GCM.
   *
   * @param ciphertext in pieces of any size; one piece may be `content` itself, to decrypt in place.
   * @param content takes the plaintext, exactly as long as the ciphertext; zeros when the tag is wrong.
   * @returns whether the tag, of 16 bytes, is right. Until then nothing in `content` may be used.
   * @throws NootropicError `USAGE` as {@link sealGcm}.
   */
  openGcm(parameters: GcmParameters, ciphertext: readonly Uint8Array[], tag: Uint8Array, content: Uint8Array): boolean
  hash(hash: Hash, bytes: Uint8Array): Buffer
  hmac(hash: Hash, key: KeyObject | Uint8Array, bytes: Uint8Array): Buffer
  /**
   * Whether an ECDSA signature in DER holds, on the curve of the key: P-256, P-384 or P-521.
   *
   * @throws NootropicError `USAGE` for a key of another kind.
   */
  verifyEcdsa(hash: Hash, key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean
  /**
   * Whether an Ed25519 signature holds by RFC 8032, without the leniency of ZIP 215.
   *
   * @throws NootropicError `USAGE` for a key of another kind.
   */
  verifyEd25519(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean
}

export const gcmTagLength = 16
const gcmKeyLength = 32
// SP 800-38D allows 1 to 2^61 bytes; @noble/ciphers takes 8 or more, OpenSSL 128 or fewer.
const gcmIvLengths = { least: 8, most: 128 }

const usage = (expected: string, got: unknown): NootropicError =>
  new NootropicError('USAGE', `expected ${expected}, got ${got}`)

const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0)

/** Both engines refuse the same parameters. */
export const verifyGcm = ({ key, iv }: GcmParameters, input: readonly Uint8Array[], output: number): void => {
  const keyLength = 'symmetricKeySize' in key ? key.symmetricKeySize : (key as Uint8Array).length
  if (keyLength !== gcmKeyLength) throw usage(`a secret key of ${gcmKeyLength} bytes`, `${keyLength ?? 'none'}`)
  const { least, most } = gcmIvLengths
  if (iv.length < least || iv.length > most) throw usage(`an IV of ${least} to ${most} bytes`, iv.length)
  if (lengthOf(input) !== output) throw usage(`a buffer for ${lengthOf(input)} bytes of content`, output)
}

const curves = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' } as const

/** The curves of ECDSA keys. */
export type EllipticCurve = (typeof curves)[keyof typeof curves]

export const verifyEcdsaKey = (key: KeyObject): EllipticCurve => {
  const name = key.asymmetricKeyDetails?.namedCurve ?? ''
  const isKnown = key.type === 'public' && key.asymmetricKeyType === 'ec' && Object.hasOwn(curves, name)
  if (!isKnown) throw usage('a public key on P-256, P-384 or P-521', `${key.type} ${key.asymmetricKeyType} ${name}`)
  return curves[name as keyof typeof curves]
}

export const verifyEd25519Key = (key: KeyObject): void => {
  if (key.type === 'public' && key.asymmetricKeyType === 'ed25519') return
  throw usage('a public Ed25519 key', `${key.type} ${key.asymmetricKeyType}`)
}
