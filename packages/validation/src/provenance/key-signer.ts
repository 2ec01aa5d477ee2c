import { createPrivateKey, createPublicKey, KeyObject, sign, X509Certificate } from 'node:crypto'
import { NootropicError } from '@nootropic/core'
import type { Signer } from './contracts.ts'
import { algorithmOf, loadPublicKey } from './elliptic-key.ts'
import { certificatesOfPem } from './pem-certificates.ts'

/** A private key in memory, and the certificates that speak for it. */
export interface KeySignerOptions {
  /** An EC key on P-256, P-384 or P-521: its PEM text, or as Node holds it. */
  readonly privateKey: KeyObject | string
  /** Of a PEM text that is encrypted. */
  readonly passphrase?: string
  /** PEM texts: the certificate of the key first, each followed by its issuer, without the root. */
  readonly certificates?: readonly string[]
}

const loadPrivateKey = (key: KeyObject | string, passphrase: string | undefined): KeyObject => {
  if (key instanceof KeyObject && key.type === 'private') return key
  try {
    return createPrivateKey({ key: key as string, ...(passphrase !== undefined && { passphrase }) })
  } catch {
    // Without its cause, which may quote the text.
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      'expected a private key in PEM and its passphrase if it has one, found another text or another passphrase',
    )
  }
}

/** Whether a certificate is one of this key. */
export const isCertificateOf = (der: Uint8Array, publicKey: KeyObject): boolean => {
  try {
    return new X509Certificate(der).publicKey.equals(publicKey)
  } catch {
    return false
  }
}

/**
 * Signs models with a private key in memory. `signModel` looks at its certificates.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for another kind of key, or a text without certificates
 */
export const createKeySigner = ({ privateKey, passphrase, certificates = [] }: KeySignerOptions): Signer => {
  const key = loadPrivateKey(privateKey, passphrase)
  const publicKey = loadPublicKey(createPublicKey(key))
  const chain = certificates.flatMap(certificatesOfPem)
  return {
    publicKey,
    ...(chain.length > 0 && { certificates: chain }),
    sign: (message) => sign(algorithmOf(publicKey)?.hash, message, key),
  }
}
