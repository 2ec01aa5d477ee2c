import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import type { Random } from '../../random.ts'

// One byte of version, the IV, the encrypted key, the tag.
const version = 1
const ivLength = 12
const tagLength = 16
const overhead = 1 + ivLength + tagLength

/**
 * Encrypts a key under another by AES-256-GCM. Random IVs are safe for 2^32 keys under one (NIST SP 800-38D section 8.3).
 *
 * @param name is bound to the wrapped key and must be given to unwrap it.
 */
export const wrapKey = (wrappingKey: KeyObject, key: Uint8Array, name: Uint8Array, random: Random): Buffer => {
  const iv = random.bytes(ivLength)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, iv, { authTagLength: tagLength }).setAAD(name)
  const encrypted = Buffer.concat([cipher.update(key), cipher.final()])
  return Buffer.concat([Uint8Array.of(version), iv, encrypted, cipher.getAuthTag()])
}

/** The key that was wrapped; undefined when the bytes, the name or the wrapping key are not the ones it was wrapped with. */
export const unwrapKey = (wrappingKey: KeyObject, wrapped: Uint8Array, name: Uint8Array): Buffer | undefined => {
  if (wrapped.length <= overhead || wrapped[0] !== version) return undefined
  const iv = wrapped.subarray(1, 1 + ivLength)
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, iv, { authTagLength: tagLength })
  const key = decipher.setAAD(name).update(wrapped.subarray(1 + ivLength, -tagLength))
  try {
    decipher.setAuthTag(wrapped.subarray(-tagLength)).final()
    return key
  } catch {
    key.fill(0)
    return undefined
  }
}
