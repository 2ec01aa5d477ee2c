import { createCipheriv, hkdfSync, type KeyObject } from 'node:crypto'
import { canonicalJson, type Digest, NootropicError, sha256 } from '@nootropic/core'
import type { Placement } from './claim.ts'
import { digestBytes } from './payload.ts'

const keyBytes = 32

/** Key material for one mark: what it gives depends on the owner's key, on the salt and on the label. */
export interface Keystream {
  /** `length` pseudo-random bytes for `label`, always the same. */
  bytes(label: string, length: number): Buffer
}

/**
 * What salts a mark's keystreams: the claim and the tensors it marks. Without the tensors, whoever claims could choose and
 * order those of a model found elsewhere until its projections agree, each choice as good as a bit of searching.
 */
export const keystreamSalt = (claim: Digest, { groups, tensors }: Omit<Placement, 'step'>): Digest =>
  sha256(canonicalJson({ claim, groups, tensors }))

/**
 * Derives keystreams: HKDF-SHA256 (RFC 5869) gives a subkey for each label, AES-256-CTR over zeros stretches it. A key
 * fits no other salt: each try at one to suit a model found elsewhere is a fresh draw of everything.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` unless `key` is a secret key of 32 bytes.
 */
export const createKeystream = (key: KeyObject, salt: Digest): Keystream => {
  if (key.type !== 'secret' || key.symmetricKeySize !== keyBytes) {
    const found = key.type === 'secret' ? `${key.symmetricKeySize} bytes` : `a ${key.type} key`
    throw new NootropicError(
      'KEY_UNAVAILABLE',
      `expected a secret key of ${keyBytes} bytes to watermark with, got ${found}`,
    )
  }
  const saltBytes = digestBytes(salt)
  return {
    bytes(label, length) {
      const subkey = Buffer.from(hkdfSync('sha256', key, saltBytes, label, keyBytes))
      return createCipheriv('aes-256-ctr', subkey, Buffer.alloc(16)).update(Buffer.alloc(length))
    },
  }
}
