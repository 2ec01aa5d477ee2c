import { KeyObject } from 'node:crypto'
import { gcm } from '@noble/ciphers/aes.js'
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { blake2b } from '@noble/hashes/blake2.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import {
  type CryptoEngine,
  type EllipticCurve,
  gcmTagLength,
  type Hash,
  verifyEcdsaKey,
  verifyEd25519Key,
  verifyGcm,
} from './engine.ts'

const hashes = { sha256, sha384, sha512, blake2b512: blake2b } as const satisfies Record<Hash, unknown>
const curves: Record<EllipticCurve, ECDSA> = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }

const secret = (key: KeyObject | Uint8Array): Uint8Array => (key instanceof KeyObject ? key.export() : key)

const coordinate = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')

// noble throws for a signature that is not even well-formed.
const holds = (check: () => boolean): boolean => {
  try {
    return check()
  } catch {
    return false
  }
}

/** The second engine: JavaScript without native code (noble). Some hundred times slower at bulk work. */
export const portableEngine: CryptoEngine = {
  name: 'portable',
  sealGcm(parameters, content, sealed) {
    verifyGcm(parameters, content, sealed.length - gcmTagLength)
    const { key, iv, associatedData } = parameters
    sealed.set(gcm(secret(key), iv, associatedData).encrypt(Buffer.concat(content)))
  },
  openGcm(parameters, ciphertext, tag, content) {
    verifyGcm(parameters, ciphertext, content.length)
    const { key, iv, associatedData } = parameters
    const sealed = Buffer.concat([...ciphertext, tag]) // first: `content` may be the same memory
    return (
      tag.length === gcmTagLength &&
      holds(() => {
        content.fill(0)
        content.set(gcm(secret(key), iv, associatedData).decrypt(sealed))
        return true
      })
    )
  },
  hash: (hash, bytes) => Buffer.from(hashes[hash](bytes)),
  hmac: (hash, key, bytes) => Buffer.from(hmac(hashes[hash], secret(key), bytes)),
  verifyEcdsa(hash, key, bytes, signature) {
    const curve = curves[verifyEcdsaKey(key)]
    const { x, y } = key.export({ format: 'jwk' })
    const point = Buffer.concat([Uint8Array.of(4), coordinate(x), coordinate(y)])
    const options = { format: 'der', prehash: false, lowS: false } as const
    return holds(() => curve.verify(signature, hashes[hash](bytes), point, options))
  },
  verifyEd25519(key, bytes, signature) {
    verifyEd25519Key(key)
    const point = coordinate(key.export({ format: 'jwk' }).x)
    return holds(() => ed25519.verify(signature, bytes, point, { zip215: false }))
  },
}
