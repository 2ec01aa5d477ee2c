import type { KeyObject } from 'node:crypto'
import { NootropicError } from '../errors.ts'
import { type Random, systemRandom } from '../random.ts'
import { type CryptoEngine, gcmTagLength } from './engine/engine.ts'
import { nodeEngine } from './engine/node.ts'
import {
  corrupt,
  createSegmentKeys,
  encodeHeader,
  gcmIvLength,
  headerIvLength,
  maximumSegmentLength,
  nonFinalMark,
  prefixLength,
  segmentData,
  segmentOverhead,
  verifyHeader,
  verifyKey,
} from './floe-format.ts'

// Longer segments gain no speed, shorter ones cost some.
const defaultSegmentLength = 1024 * 1024

/** What sealing and opening must agree on, and what does the work. */
export interface OpenOptions {
  /** Says what the content is: it is not stored, and opening under anything else than at sealing fails. */
  readonly associatedData: Uint8Array
  /** Node's by default; the result is the same with every engine. */
  readonly engine?: CryptoEngine
  /** @internal Known answers only: FLOE's own is 20. */
  readonly rotationBits?: number
}

/** How to seal. */
export interface SealOptions extends OpenOptions {
  /** Where IVs come from; a repeated IV breaks AES-GCM. The operating system's generator by default. */
  readonly random?: Random
  /** Bytes of a whole segment: 33 to 64 Mi, by default 1 Mi. */
  readonly segmentLength?: number
}

/** Seals the segments of one content. */
export interface SegmentSealer {
  readonly header: Buffer
  readonly segmentLength: number
  /** How many bytes of content a full segment holds. */
  readonly contentLength: number
  /** @returns the sealed segment, at the start of `target`. */
  seal(index: number, isFinal: boolean, content: readonly Uint8Array[], target: Buffer): Buffer
  wipe(): void
}

const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0)

/** @throws NootropicError `USAGE` for a key or segment length that cannot be. */
export const createSegmentSealer = (key: KeyObject, options: SealOptions): SegmentSealer => {
  const { random = systemRandom, segmentLength = defaultSegmentLength, engine = nodeEngine } = options
  verifyKey(key)
  if (!Number.isInteger(segmentLength) || segmentLength <= segmentOverhead || segmentLength > maximumSegmentLength) {
    const range = `${segmentOverhead + 1} to ${maximumSegmentLength}`
    throw new NootropicError('USAGE', `expected a segmentLength of ${range} bytes, got ${segmentLength}`)
  }
  const binding = { associatedData: options.associatedData, engine }
  const header = encodeHeader(key, segmentLength, random.bytes(headerIvLength), binding)
  const keys = createSegmentKeys(key, header, binding, options.rotationBits)
  return {
    header,
    segmentLength,
    contentLength: segmentLength - segmentOverhead,
    seal(index, isFinal, content, target) {
      const length = lengthOf(content) + segmentOverhead
      const segment = target.subarray(0, length)
      const iv = random.bytes(gcmIvLength)
      segment.writeUInt32BE(isFinal ? length : nonFinalMark)
      segment.set(iv, prefixLength - gcmIvLength)
      const parameters = { key: keys.of(index), iv, associatedData: segmentData(index, isFinal) }
      engine.sealGcm(parameters, content, segment.subarray(prefixLength))
      return segment
    },
    wipe: () => keys.wipe(),
  }
}

/** A sealed segment, in the pieces it came in. */
export interface SealedSegment {
  readonly prefix: Buffer
  readonly ciphertext: readonly Uint8Array[]
  readonly tag: Uint8Array
}

/** A sealed segment that came in one piece. */
export const sealedSegment = (bytes: Buffer): SealedSegment => ({
  prefix: bytes.subarray(0, prefixLength),
  ciphertext: [bytes.subarray(prefixLength, -gcmTagLength)],
  tag: bytes.subarray(-gcmTagLength),
})

/** Opens the segments of one content. */
export interface SegmentOpener {
  readonly segmentLength: number
  /** How many bytes of content a full segment holds. */
  readonly contentLength: number
  /**
   * @param isFinal whether nothing follows.
   * @returns the verified content, at the start of `target`.
   * @throws NootropicError `SEALED_FILE_CORRUPT`; `target` then holds nothing of it.
   */
  open(index: number, isFinal: boolean, segment: SealedSegment, target: Buffer): Buffer
  wipe(): void
}

/** @throws NootropicError `SEALED_FILE_CORRUPT` for another header; `USAGE` for a key that cannot be. */
export const createSegmentOpener = (key: KeyObject, header: Buffer, options: OpenOptions): SegmentOpener => {
  const { associatedData, engine = nodeEngine, rotationBits } = options
  verifyKey(key)
  const binding = { associatedData, engine }
  const segmentLength = verifyHeader(key, header, binding)
  const keys = createSegmentKeys(key, header, binding, rotationBits)
  return {
    segmentLength,
    contentLength: segmentLength - segmentOverhead,
    open(index, isFinal, { prefix, ciphertext, tag }, target) {
      if (prefix.length !== prefixLength) throw corrupt(`an end before segment ${index}`)
      const length = lengthOf(ciphertext)
      const stated = prefix.readUInt32BE(0)
      if (stated !== (isFinal ? length + segmentOverhead : nonFinalMark) || tag.length !== gcmTagLength) {
        throw corrupt(`a wrong length of segment ${index}`)
      }
      const content = target.subarray(0, length)
      const iv = prefix.subarray(prefixLength - gcmIvLength)
      const parameters = { key: keys.of(index), iv, associatedData: segmentData(index, isFinal) }
      if (!engine.openGcm(parameters, ciphertext, tag, content)) throw corrupt(`a changed segment ${index}`)
      return content
    },
    wipe: () => keys.wipe(),
  }
}
