import { crc32 } from 'node:zlib'
import type { Digest } from '@nootropic/core'
import { decodePolar, encodePolar } from './polar-code.ts'

// The payload is a SHA-256 digest.
const payloadBits = 256
const checksumBits = 32

// Hypotheses of the list decoder. Eight is where polar codes of this length meet the bound of their checksum
// (Tal and Vardy, 2015, figure 1).
const decoderPaths = 8

const bitsOf = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 8 * bytes.length }, (_, index) => (bytes[index >> 3]! >> (7 - (index & 7))) & 1)

const bytesOf = (bits: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(bits.length / 8)
  for (const [index, bit] of bits.entries()) bytes[index >> 3]! |= bit << (7 - (index & 7))
  return bytes
}

const checksum = (payload: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(checksumBits / 8)
  bytes.writeUInt32BE(crc32(payload))
  return bytes
}

/** The raw 32 bytes of a digest. */
export const digestBytes = (digest: Digest): Buffer => Buffer.from(digest.slice('sha256:'.length), 'hex')

/** The codeword, one bit for each group, that carries a digest and its CRC-32. */
export const encodePayload = (digest: Digest, groups: number): Uint8Array => {
  const payload = digestBytes(digest)
  return encodePolar(bitsOf(Buffer.concat([payload, checksum(payload)])), groups)
}

/** Reads the digest out of soft code bits, positive for 0, without knowing what to expect; a guess if they are too noisy. */
export const decodePayload = (softBits: ArrayLike<number>): Digest => {
  const { information } = decodePolar(softBits, payloadBits + checksumBits, {
    paths: decoderPaths,
    accept: (bits) => checksum(bytesOf(bits.subarray(0, payloadBits))).equals(bytesOf(bits.subarray(payloadBits))),
  })
  return `sha256:${Buffer.from(bytesOf(information.subarray(0, payloadBits))).toString('hex')}`
}

/** In how many of the payload's bits two digests differ. */
export const countBitErrors = (expected: Digest, found: Digest): number => {
  const other = bitsOf(digestBytes(found))
  return bitsOf(digestBytes(expected)).filter((bit, index) => bit !== other[index]).length
}
