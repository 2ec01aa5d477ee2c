import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { NootropicError } from '../../errors.ts'
import type { Random } from '../../random.ts'
import type { KeyAlgorithm } from './key-entry.ts'
import { keyLength } from './key-ring.ts'

/** The curves of OpenSSF Model Signing. */
export type Curve = z.infer<typeof curveSchema>
export const curveSchema = z.enum(['P-256', 'P-384', 'P-521'])

/** A pair of keys of the store. The public key leaves as PEM by `publicKey.export({ type: 'spki', format: 'pem' })`. */
export interface SigningKey {
  readonly keyId: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const curveNames: Readonly<Record<string, Curve>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

const toPkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' })

// PKCS #8 of an Ed25519 key (RFC 8410 section 7) is this and the 32 bytes of the seed.
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

const makeEd25519 = (random: Random): Buffer => {
  const seed = random.bytes(keyLength)
  const pkcs8 = Buffer.concat([ed25519Prefix, seed])
  seed.fill(0)
  return pkcs8
}

/** A new key: 32 bytes, or a key pair as PKCS #8. ECDSA keys are drawn by OpenSSL. The caller wipes it. */
export const makeKey = (algorithm: KeyAlgorithm, random: Random): Buffer => {
  switch (algorithm) {
    case 'FLOE-AES-256-GCM':
    case 'HMAC-SHA-256':
      return random.bytes(keyLength)
    case 'Ed25519':
      return makeEd25519(random)
    default:
      return toPkcs8(generateKeyPairSync('ec', { namedCurve: algorithm.slice('ECDSA-'.length) }).privateKey)
  }
}

/**
 * An ECDSA key from PEM, as PKCS #8.
 *
 * @throws NootropicError `USAGE` for another kind of key, a public one, or a missing or wrong passphrase.
 */
export const parseEcdsaPem = (
  pem: string | Buffer,
  passphrase: string | Buffer | undefined,
): { curve: Curve; pkcs8: Buffer } => {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    // What OpenSSL says may repeat the input.
    const message = 'expected a private key as PEM, found none, or one whose passphrase is missing or wrong'
    throw new NootropicError('USAGE', `${message}; give a PKCS #8 or SEC 1 key`)
  }
  const curve = curveNames[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (key.asymmetricKeyType === 'ec' && curve !== undefined) return { curve, pkcs8: toPkcs8(key) }
  const found = [key.asymmetricKeyType, key.asymmetricKeyDetails?.namedCurve].filter(Boolean).join(' ')
  throw new NootropicError('USAGE', `expected an ECDSA key on P-256, P-384 or P-521, found ${found}`)
}

/** @param pkcs8 stays the caller's to wipe. */
export const signingKeyFrom = (keyId: string, pkcs8: Uint8Array): SigningKey => {
  const privateKey = createPrivateKey({
    key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length),
    format: 'der',
    type: 'pkcs8',
  })
  return { keyId, privateKey, publicKey: createPublicKey(privateKey) }
}
