import { createHash, createPublicKey, KeyObject, verify } from 'node:crypto'
import { type Digest, NootropicError, sha256 } from '@nootropic/core'

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

/**
 * A public key to verify models with: as Node holds it, in PEM, or in DER (SPKI).
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for anything but a public EC key on P-256, P-384 or P-521
 */
export const loadPublicKey = (key: KeyObject | string | Uint8Array): KeyObject => {
  let loaded: KeyObject
  try {
    if (key instanceof KeyObject && key.type === 'public') loaded = key
    else if (key instanceof Uint8Array && isDer(key)) {
      loaded = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' })
    } else loaded = createPublicKey(key as string)
  } catch (cause) {
    throw new NootropicError('CONFIGURATION_INVALID', 'expected a public key in PEM, found something else', { cause })
  }
  if (algorithmOf(loaded) !== undefined) return loaded
  const found = loaded.asymmetricKeyDetails?.namedCurve ?? loaded.asymmetricKeyType
  throw new NootropicError(
    'CONFIGURATION_INVALID',
    `expected an EC key on P-256, P-384 or P-521, as models are signed with, found ${found}`,
  )
}
