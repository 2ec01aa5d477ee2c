import { type CipherGCM, createCipheriv, type KeyObject } from 'node:crypto'
import { NootropicError } from '../errors.ts'
import { type Random, systemRandom } from '../random.ts'
import { createByteQueue } from './byte-queue.ts'
import {
  createSegmentKeys,
  encodeHeader,
  gcmIvLength,
  gcmTagLength,
  headerIvLength,
  headerLength,
  maximumSegmentLength,
  nonFinalMark,
  prefixLength,
  segmentData,
  segmentOverhead,
  standardRotationBits,
  verifyKey,
} from './floe-format.ts'

// Longer segments gain no speed, shorter ones cost some.
const defaultSegmentLength = 1024 * 1024

/** How to seal. */
export interface SealOptions {
  /** Says what the content is: it is not stored, and opening under anything else fails. */
  readonly associatedData: Uint8Array
  /** Where IVs come from; a repeated IV breaks AES-GCM. The operating system's generator by default. */
  readonly random?: Random
  /** Bytes of a whole segment: 33 to 64 Mi, by default 1 Mi. */
  readonly segmentLength?: number
}

interface Sealer {
  readonly header: Buffer
  /** How many bytes of content a full segment holds. */
  readonly contentLength: number
  start(index: number, isFinal: boolean, length: number): { prefix: Buffer; cipher: CipherGCM }
  wipe(): void
}

const createSealer = (key: KeyObject, options: SealOptions): Sealer => {
  const { associatedData, random = systemRandom, segmentLength = defaultSegmentLength } = options
  verifyKey(key)
  if (!Number.isInteger(segmentLength) || segmentLength <= segmentOverhead || segmentLength > maximumSegmentLength) {
    const range = `${segmentOverhead + 1} to ${maximumSegmentLength}`
    throw new NootropicError('USAGE', `expected a segmentLength of ${range} bytes, got ${segmentLength}`)
  }
  const header = encodeHeader(key, segmentLength, random.bytes(headerIvLength), associatedData)
  const keys = createSegmentKeys(key, header, associatedData, standardRotationBits)
  return {
    header,
    contentLength: segmentLength - segmentOverhead,
    start(index, isFinal, length) {
      const iv = random.bytes(gcmIvLength)
      const prefix = Buffer.allocUnsafe(prefixLength)
      prefix.writeUInt32BE(isFinal ? length + segmentOverhead : nonFinalMark)
      prefix.set(iv, 4)
      const cipher = createCipheriv('aes-256-gcm', keys.of(index), iv, { authTagLength: gcmTagLength })
      return { prefix, cipher: cipher.setAAD(segmentData(index, isFinal)) }
    },
    wipe: () => keys.wipe(),
  }
}

/**
 * Seals bytes in memory: FLOE with AES-256-GCM and HKDF-Expand-SHA-384.
 *
 * @param key a secret key of 32 bytes.
 * @returns 74 bytes of header, then for each segment 32 bytes more than its content.
 * @throws NootropicError `USAGE` for a key or segment length that cannot be.
 * @example
 * ```ts
 * const sealed = sealFloe(key, Buffer.from('weights'), { associatedData: Buffer.from('digits 1.0.0') })
 * openFloe(key, sealed, { associatedData: Buffer.from('digits 1.0.0') }).toString() // 'weights'
 * ```
 */
export const sealFloe = (key: KeyObject, content: Uint8Array, options: SealOptions): Buffer => {
  const sealer = createSealer(key, options)
  try {
    const segments = Math.max(1, Math.ceil(content.length / sealer.contentLength))
    const sealed = Buffer.allocUnsafe(headerLength + content.length + segments * segmentOverhead)
    sealed.set(sealer.header)
    let offset = headerLength
    const append = (bytes: Uint8Array): void => {
      sealed.set(bytes, offset)
      offset += bytes.length
    }
    for (let index = 0; index < segments; index += 1) {
      const piece = content.subarray(index * sealer.contentLength, (index + 1) * sealer.contentLength)
      const { prefix, cipher } = sealer.start(index, index === segments - 1, piece.length)
      append(prefix)
      append(cipher.update(piece))
      cipher.final()
      append(cipher.getAuthTag())
    }
    return sealed
  } finally {
    sealer.wipe()
  }
}

/**
 * Seals bytes as they come, in the same format as {@link sealFloe}. Holds one segment, and is the faster of the two for
 * content of more than some segments.
 *
 * @throws NootropicError `USAGE` for a key or segment length that cannot be.
 */
export async function* sealFloeStream(
  key: KeyObject,
  content: AsyncIterable<Uint8Array>,
  options: SealOptions,
): AsyncGenerator<Buffer, void, void> {
  const sealer = createSealer(key, options)
  const queue = createByteQueue(content)
  try {
    yield sealer.header
    for (let index = 0, isFinal = false; !isFinal; index += 1) {
      // The segment binds whether it is the last one, which the first byte after it decides.
      await queue.fillBeyond(sealer.contentLength)
      isFinal = queue.length <= sealer.contentLength
      const { prefix, cipher } = sealer.start(index, isFinal, queue.length)
      yield prefix
      for (const piece of queue.take(sealer.contentLength)) yield cipher.update(piece)
      cipher.final()
      yield cipher.getAuthTag()
    }
  } finally {
    sealer.wipe()
    await queue.close()
  }
}
