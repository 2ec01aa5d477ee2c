import { createHash, createPublicKey, KeyObject, verify } from 'node:crypto'
import { type Digest, isNootropicError, NootropicError, sha256 } from '@nootropic/core'

/** The curves that models are signed on, by the name that Node gives them. */
const curves = {
  prime256v1: { name: 'ECDSA P-256', hash: 'sha256' },
  secp384r1: { name: 'ECDSA P-384', hash: 'sha384' },
  secp521r1: { name: 'ECDSA P-521', hash: 'sha512' },
} as const

/** How signatures of a key are made and named. */
export type SignatureAlgorithm = (typeof curves)[keyof typeof curves]

/** The names of the signature algorithms, for a policy that allows fewer. */
export const signatureAlgorithms = Object.values(curves).map(({ name }) => name)

/** The algorithm of a key, or undefined when models are not signed with such keys. */
export const algorithmOf = (key: KeyObject): SignatureAlgorithm | undefined => {
  const curve = key.asymmetricKeyType === 'ec' ? key.asymmetricKeyDetails?.namedCurve : undefined
  return curve !== undefined && Object.hasOwn(curves, curve) ? curves[curve as keyof typeof curves] : undefined
}

/** SHA-256 over the key's own encoding (DER, SPKI). */
export const fingerprintOf = (publicKey: KeyObject): Digest => sha256(publicKey.export({ type: 'spki', format: 'der' }))

/** What bundles call a key by: hex SHA-256 over its PEM text. */
export const hintOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'pem' }))
    .digest('hex')

/** Whether a signature in DER is the key's over the message. A key that signs no models signs none. */
export const isSignedBy = (
  publicKey: KeyObject,
  message: Uint8Array,
  signature: Uint8Array,
  hash = algorithmOf(publicKey)?.hash,
): boolean => hash !== undefined && verify(hash, message, publicKey, signature)

const isDer = (key: Uint8Array): boolean => key[0] === 0x30

const refuse = (found: string, cause?: unknown): never => {
  const expected = 'expected one public key in PEM (-----BEGIN PUBLIC KEY-----)'
  throw new NootropicError('CONFIGURATION_INVALID', `${expected}, found ${found}`, { cause })
}

/** Node would take the public half out of a private key or a certificate, and the first of several keys, without a word. */
const refuseOtherThanOneKey = (pem: string): void => {
  const labels = [...pem.matchAll(/-----BEGIN ([^\n-]*)-----/g)].map(([, label = '']) => label)
  if (labels.some((label) => label.endsWith('PRIVATE KEY')))
    refuse('a private key; give its public half (openssl pkey -pubout), and leave the private one with whoever signs')
  if (labels.includes('CERTIFICATE'))
    refuse('a certificate, which is good for a purpose and a time only; trust it as a root certificate')
  if (labels.length > 1) refuse(`${labels.length} of them; put each into a file of its own and trust it by itself`)
  if (labels[0] !== 'PUBLIC KEY') refuse('something else')
}

const readPublicKey = (key: KeyObject | string | Uint8Array): KeyObject => {
  if (key instanceof KeyObject) return key.type === 'public' ? key : refuse(`a ${key.type} key; give its public half`)
  try {
    if (typeof key !== 'string' && isDer(key))
      return createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' })
    const pem = typeof key === 'string' ? key : Buffer.from(key).toString('latin1')
    refuseOtherThanOneKey(pem)
    return createPublicKey(pem)
  } catch (cause) {
    if (isNootropicError(cause)) throw cause
    return refuse('something else', cause)
  }
}

/**
 * A public key to verify models with: as Node holds it, in PEM, or in DER (SPKI).
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for anything but one public EC key on P-256, P-384 or P-521: a private key
 * and a certificate too, and several keys
 */
export const loadPublicKey = (key: KeyObject | string | Uint8Array): KeyObject => {
  const loaded = readPublicKey(key)
  if (algorithmOf(loaded) !== undefined) return loaded
  const found = loaded.asymmetricKeyDetails?.namedCurve ?? loaded.asymmetricKeyType
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected an EC key on P-256, P-384 or P-521, as models are signed with, found ${found}`,
  )
}
