import { type Cipher, createCipheriv, createDecipheriv, createHash, createHmac, verify } from 'node:crypto'
import { type CryptoEngine, gcmTagLength, verifyEcdsaKey, verifyEd25519Key, verifyGcm } from './engine.ts'
import { release } from './release.ts'

// Node allocates what a cipher returns. In steps of this size, released one by one, that memory stays in the cache and
// below the size from which the C library asks the kernel for fresh pages, which cost more than the cipher.
const stepLength = 64 * 1024

const run = (cipher: Cipher, input: readonly Uint8Array[], output: Uint8Array): void => {
  let filled = 0
  for (const piece of input) {
    for (let offset = 0; offset < piece.length; offset += stepLength) {
      const bytes = cipher.update(piece.subarray(offset, offset + stepLength))
      output.set(bytes, filled)
      filled += bytes.length
      release(bytes)
    }
  }
}

// Without authTagLength Node takes tags of 4 bytes as well.
const options = { authTagLength: gcmTagLength }

/** The default engine: OpenSSL through `node:crypto`. */
export const nodeEngine: CryptoEngine = {
  name: 'node',
  sealGcm(parameters, content, sealed) {
    const length = sealed.length - gcmTagLength
    verifyGcm(parameters, content, length)
    const cipher = createCipheriv('aes-256-gcm', parameters.key, parameters.iv, options)
    cipher.setAAD(parameters.associatedData)
    run(cipher, content, sealed)
    cipher.final()
    sealed.set(cipher.getAuthTag(), length)
  },
  openGcm(parameters, ciphertext, tag, content) {
    verifyGcm(parameters, ciphertext, content.length)
    if (tag.length !== gcmTagLength) return false
    const decipher = createDecipheriv('aes-256-gcm', parameters.key, parameters.iv, options)
    decipher.setAAD(parameters.associatedData).setAuthTag(tag)
    run(decipher, ciphertext, content)
    try {
      decipher.final()
      return true
    } catch {
      content.fill(0)
      return false
    }
  },
  hash: (hash, bytes) => createHash(hash).update(bytes).digest(),
  hmac: (hash, key, bytes) => createHmac(hash, key).update(bytes).digest(),
  verifyEcdsa(hash, key, bytes, signature) {
    verifyEcdsaKey(key)
    return verify(hash, bytes, key, signature)
  },
  verifyEd25519(key, bytes, signature) {
    verifyEd25519Key(key)
    return verify(null, bytes, key, signature)
  },
}
