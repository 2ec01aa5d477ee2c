import { createCipheriv, hkdfSync, type KeyObject } from 'node:crypto'
import { type Digest, NootropicError } from '@nootropic/core'
import { digestBytes } from './payload.ts'

const keyBytes = 32

/** Key material for one mark: what it gives depends on the owner's key, on the claim and on the label. */
export interface Keystream {
  /** `length` pseudo-random bytes for `label`, always the same. */
  bytes(label: string, length: number): Buffer
}

/**
 * Derives a mark's keystreams: HKDF-SHA256 (RFC 5869) gives a subkey for each label, AES-256-CTR over zeros stretches it.
 * The claim's digest is the salt, so that a key fits no claim but the one it marked: to fit a key to a model found
 * elsewhere one would have to search 2^256 claims.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` unless `key` is a secret key of 32 bytes.
 */
export const createKeystream = (key: KeyObject, claimDigest: Digest): Keystream => {
  if (key.type !== 'secret' || key.symmetricKeySize !== keyBytes) {
    const found = key.type === 'secret' ? `${key.symmetricKeySize} bytes` : `a ${key.type} key`
    throw new NootropicError(
      'KEY_UNAVAILABLE',
      `expected a secret key of ${keyBytes} bytes to watermark with, got ${found}`,
    )
  }
  const salt = digestBytes(claimDigest)
  return {
    bytes(label, length) {
      const subkey = Buffer.from(hkdfSync('sha256', key, salt, label, keyBytes))
      return createCipheriv('aes-256-ctr', subkey, Buffer.alloc(16)).update(Buffer.alloc(length))
    },
  }
}
