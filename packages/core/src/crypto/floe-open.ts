import { createDecipheriv, type DecipherGCM, type KeyObject } from 'node:crypto'
import { createByteQueue } from './byte-queue.ts'
import {
  corrupt,
  createSegmentKeys,
  gcmTagLength,
  headerLength,
  nonFinalMark,
  prefixLength,
  segmentData,
  segmentOverhead,
  standardRotationBits,
  verifyHeader,
  verifyKey,
} from './floe-format.ts'

/** How to open. */
export interface OpenOptions {
  /** The same bytes as at sealing. */
  readonly associatedData: Uint8Array
}

interface Opener {
  /** Reads the prefix of segment `index`: how much content it holds, and what decrypts it. */
  start(index: number, prefix: Buffer): { isFinal: boolean; length: number; decipher: DecipherGCM }
  wipe(): void
}

const createOpener = (key: KeyObject, header: Buffer, options: OpenOptions, rotationBits: number): Opener => {
  verifyKey(key)
  const segmentLength = verifyHeader(key, header, options.associatedData)
  const keys = createSegmentKeys(key, header, options.associatedData, rotationBits)
  return {
    start(index, prefix) {
      if (prefix.length !== prefixLength) throw corrupt(`an end before segment ${index}`)
      const stated = prefix.readUInt32BE(0)
      const isFinal = stated !== nonFinalMark
      const total = isFinal ? stated : segmentLength
      if (total < segmentOverhead || total > segmentLength) throw corrupt(`a wrong length of segment ${index}`)
      // Without authTagLength Node takes tags of 4 bytes as well.
      const decipher = createDecipheriv('aes-256-gcm', keys.of(index), prefix.subarray(4), {
        authTagLength: gcmTagLength,
      })
      return { isFinal, length: total - segmentOverhead, decipher: decipher.setAAD(segmentData(index, isFinal)) }
    },
    wipe: () => keys.wipe(),
  }
}

// Until this returns, nothing that the decipher gave may leave.
const verifySegment = (decipher: DecipherGCM, tag: Uint8Array, index: number): void => {
  if (tag.length !== gcmTagLength) throw corrupt(`an end inside segment ${index}`)
  try {
    decipher.setAuthTag(tag).final()
  } catch {
    throw corrupt(`a changed segment ${index}`)
  }
}

const trailing = (): Error => corrupt('bytes after the last segment')

/** {@link openFloe} with another rotation of keys, for known answers. */
export const openFloeRotating = (
  key: KeyObject,
  sealed: Uint8Array,
  options: OpenOptions,
  rotationBits: number,
): Buffer => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const opener = createOpener(key, bytes.subarray(0, headerLength), options, rotationBits)
  try {
    const content = Buffer.allocUnsafe(bytes.length)
    let offset = headerLength
    let filled = 0
    const next = (count: number): Buffer => {
      const piece = bytes.subarray(offset, offset + count)
      offset += piece.length
      return piece
    }
    for (let index = 0, isFinal = false; !isFinal; index += 1) {
      const segment = opener.start(index, next(prefixLength))
      isFinal = segment.isFinal
      content.set(segment.decipher.update(next(segment.length)), filled)
      verifySegment(segment.decipher, next(gcmTagLength), index)
      filled += segment.length
    }
    if (offset !== bytes.length) throw trailing()
    return content.subarray(0, filled)
  } finally {
    opener.wipe()
  }
}

/**
 * Opens what {@link sealFloe} or `sealFloeStream` sealed.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` for any change, cut, addition, other key or other associated data.
 */
export const openFloe = (key: KeyObject, sealed: Uint8Array, options: OpenOptions): Buffer =>
  openFloeRotating(key, sealed, options, standardRotationBits)

/**
 * Opens sealed bytes as they come. Holds one segment, and yields nothing of a segment before its tag was verified.
 *
 * What was yielded is genuine, but only the end of the iteration says that it is all: a cut shows as an error at the cut.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` as {@link openFloe}.
 */
export async function* openFloeStream(
  key: KeyObject,
  sealed: AsyncIterable<Uint8Array>,
  options: OpenOptions,
): AsyncGenerator<Buffer, void, void> {
  const queue = createByteQueue(sealed)
  const next = async (count: number): Promise<Uint8Array[]> => {
    await queue.fillBeyond(count - 1)
    return queue.take(count)
  }
  let opener: Opener | undefined
  try {
    opener = createOpener(key, Buffer.concat(await next(headerLength)), options, standardRotationBits)
    for (let index = 0, isFinal = false; !isFinal; index += 1) {
      const segment = opener.start(index, Buffer.concat(await next(prefixLength)))
      isFinal = segment.isFinal
      const content: Buffer[] = []
      for (const piece of await next(segment.length)) content.push(segment.decipher.update(piece))
      verifySegment(segment.decipher, Buffer.concat(await next(gcmTagLength)), index)
      // Bytes after the last segment are found before its content leaves.
      if (isFinal) await queue.fillBeyond(0)
      if (isFinal && queue.length > 0) throw trailing()
      yield* content
    }
  } finally {
    opener?.wipe()
    await queue.close()
  }
}
