import type { KeyObject } from 'node:crypto'
import { createByteQueue } from './byte-queue.ts'
import { gcmTagLength } from './engine/engine.ts'
import { headerLength, prefixLength, segmentOverhead } from './floe-format.ts'
import { layoutToOpen } from './floe-layout.ts'
import { createSegmentOpener, type OpenOptions, type SegmentOpener, sealedSegment } from './floe-segment.ts'
import { createReusedBuffer, freshBuffers, type SegmentBuffer } from './segment-buffer.ts'

/**
 * Opens what `sealFloe` or `sealFloeStream` sealed.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` for any change, cut, addition, other key or other associated data.
 */
export const openFloe = (key: KeyObject, sealed: Uint8Array, options: OpenOptions): Buffer => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const opener = createSegmentOpener(key, bytes.subarray(0, headerLength), options)
  try {
    const layout = layoutToOpen(bytes.length, opener.segmentLength)
    const content = Buffer.allocUnsafe(layout.contentSize)
    for (let index = 0; index < layout.segments; index += 1) {
      const place = layout.segment(index)
      const segment = sealedSegment(bytes.subarray(place.sealed.start, place.sealed.end))
      opener.open(index, place.isFinal, segment, content.subarray(place.content.start))
    }
    return content
  } finally {
    opener.wipe()
  }
}

async function* open(
  key: KeyObject,
  sealed: AsyncIterable<Uint8Array>,
  options: OpenOptions,
  buffer: SegmentBuffer,
): AsyncGenerator<Buffer, void, void> {
  const queue = createByteQueue(sealed)
  const next = (count: number): Buffer => Buffer.concat(queue.take(count))
  let opener: SegmentOpener | undefined
  try {
    await queue.fillBeyond(headerLength - 1)
    opener = createSegmentOpener(key, next(headerLength), options)
    for (let index = 0, isFinal = false; !isFinal; index += 1) {
      // Whether anything follows is known, and bound to the segment, before its content leaves.
      await queue.fillBeyond(opener.segmentLength)
      isFinal = queue.length <= opener.segmentLength
      const length = Math.max(0, Math.min(queue.length, opener.segmentLength) - segmentOverhead)
      const segment = { prefix: next(prefixLength), ciphertext: queue.take(length), tag: next(gcmTagLength) }
      yield opener.open(index, isFinal, segment, buffer.take(length))
    }
  } finally {
    opener?.wipe()
    buffer.wipe()
    await queue.close()
  }
}

/**
 * Opens sealed bytes as they come. Holds one segment, and yields nothing of a segment before its tag was verified. What it
 * yields belongs to the caller.
 *
 * What was yielded is genuine, but only the end of the iteration says that it is all: a cut shows as an error at the cut.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` as {@link openFloe}.
 */
export const openFloeStream = (
  key: KeyObject,
  sealed: AsyncIterable<Uint8Array>,
  options: OpenOptions,
): AsyncGenerator<Buffer, void, void> => open(key, sealed, options, freshBuffers)

/**
 * As {@link openFloeStream}, in constant memory and at nearly the speed of the cipher alone: what it yields is only lent,
 * and overwritten when the next is asked for. To hash, to copy or to write on; nothing may keep it.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` as {@link openFloe}.
 */
export const openFloeSegments = (
  key: KeyObject,
  sealed: AsyncIterable<Uint8Array>,
  options: OpenOptions,
): AsyncGenerator<Buffer, void, void> => open(key, sealed, options, createReusedBuffer())
