import type { KeyObject } from 'node:crypto'
import { createByteQueue } from './byte-queue.ts'
import { segmentOverhead } from './floe-format.ts'
import { layoutToSeal } from './floe-layout.ts'
import { createSegmentSealer, type SealOptions } from './floe-segment.ts'
import { createReusedBuffer, freshBuffers, type SegmentBuffer } from './segment-buffer.ts'

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
  const sealer = createSegmentSealer(key, options)
  try {
    const layout = layoutToSeal(content.length, sealer.segmentLength)
    const sealed = Buffer.allocUnsafe(layout.sealedSize)
    sealed.set(sealer.header)
    for (let index = 0; index < layout.segments; index += 1) {
      const place = layout.segment(index)
      const piece = content.subarray(place.content.start, place.content.end)
      sealer.seal(index, place.isFinal, [piece], sealed.subarray(place.sealed.start, place.sealed.end))
    }
    return sealed
  } finally {
    sealer.wipe()
  }
}

async function* seal(
  key: KeyObject,
  content: AsyncIterable<Uint8Array>,
  options: SealOptions,
  buffer: SegmentBuffer,
): AsyncGenerator<Buffer, void, void> {
  const sealer = createSegmentSealer(key, options)
  const queue = createByteQueue(content)
  try {
    yield sealer.header
    for (let index = 0, isFinal = false; !isFinal; index += 1) {
      // The segment binds whether it is the last one, which the first byte after it decides.
      await queue.fillBeyond(sealer.contentLength)
      isFinal = queue.length <= sealer.contentLength
      const length = Math.min(queue.length, sealer.contentLength)
      yield sealer.seal(index, isFinal, queue.take(length), buffer.take(length + segmentOverhead))
    }
  } finally {
    sealer.wipe()
    await queue.close()
  }
}

/**
 * Seals bytes as they come, in the same format as {@link sealFloe}. Holds one segment. What it yields belongs to the
 * caller.
 *
 * @throws NootropicError `USAGE` for a key or segment length that cannot be.
 */
export const sealFloeStream = (
  key: KeyObject,
  content: AsyncIterable<Uint8Array>,
  options: SealOptions,
): AsyncGenerator<Buffer, void, void> => seal(key, content, options, freshBuffers)

/**
 * As {@link sealFloeStream}, in constant memory and at nearly the speed of the cipher alone: what it yields is only lent,
 * and overwritten when the next is asked for. To write on or to send; nothing may keep it.
 *
 * @throws NootropicError `USAGE` for a key or segment length that cannot be.
 */
export const sealFloeSegments = (
  key: KeyObject,
  content: AsyncIterable<Uint8Array>,
  options: SealOptions,
): AsyncGenerator<Buffer, void, void> => seal(key, content, options, createReusedBuffer())
