import { createHash } from 'node:crypto'

/** The hashes that a signed model may be listed with: those of OpenSSF Model Signing v1.0. */
export const contentHashes = ['sha256', 'blake2b', 'blake3'] as const

/** SHA-256, BLAKE2b with 512 bits, or BLAKE3 with 256 bits. */
export type ContentHash = (typeof contentHashes)[number]

/** The length of a digest, in bytes. */
export const contentHashBytes: Readonly<Record<ContentHash, number>> = { sha256: 32, blake2b: 64, blake3: 32 }

/** Hashes one content, piece by piece. */
export interface ContentHasher {
  update(bytes: Uint8Array): void
  /** Lower-case hexadecimal. Nothing may be added afterwards. */
  digest(): string
}

/** Starts a hash. BLAKE3, which OpenSSL lacks, is loaded when it is asked for. */
export const createContentHasher = async (algorithm: ContentHash): Promise<ContentHasher> => {
  if (algorithm === 'blake3') {
    const { createBLAKE3 } = await import('hash-wasm')
    const hash = await createBLAKE3()
    hash.init()
    return {
      update: (bytes) => {
        hash.update(bytes)
      },
      digest: () => hash.digest('hex'),
    }
  }
  const hash = createHash(algorithm === 'blake2b' ? 'blake2b512' : algorithm)
  return {
    update: (bytes) => {
      hash.update(bytes)
    },
    digest: () => hash.digest('hex'),
  }
}
