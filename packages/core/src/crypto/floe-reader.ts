import type { KeyObject } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { NootropicError } from '../errors.ts'
import { readFully } from './file-bytes.ts'
import { corrupt, headerLength } from './floe-format.ts'
import { layoutToOpen } from './floe-layout.ts'
import { createSegmentOpener, type OpenOptions, sealedSegment } from './floe-segment.ts'
import { createReusedBuffer } from './segment-buffer.ts'

/** Bytes of known length that can be read anywhere: a file, a block device, a remote object. */
export interface RandomAccessSource {
  readonly size: number
  /** The bytes from `offset`, `length` of them; fewer only when the source was cut since. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** An open file as a source, of the size it has now. The caller closes the file. */
export const createFileSource = async (file: FileHandle): Promise<RandomAccessSource> => ({
  size: (await file.stat()).size,
  read: (offset, length) => readFully(file, Buffer.allocUnsafeSlow(length), offset),
})

/** Reads sealed content anywhere. */
export interface FloeReader {
  /** Bytes of content. */
  readonly size: number
  /**
   * Bytes that belong to the caller. Each segment that they touch was verified first.
   *
   * @throws NootropicError `SEALED_FILE_CORRUPT`; `USAGE` for a place outside the content, or after {@link close}.
   */
  read(offset: number, length: number): Promise<Buffer>
  /** Overwrites keys and content; does not close the source. */
  close(): void
}

const readExactly = async (source: RandomAccessSource, offset: number, length: number): Promise<Buffer> => {
  const bytes = await source.read(offset, length)
  if (bytes.length !== length) throw corrupt(`${bytes.length} of ${length} bytes at ${offset}`)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Opens sealed bytes for random access: verifies the header and the last segment, so that a cut is known before any byte
 * leaves. Keeps one segment of content, the last one read.
 *
 * @throws NootropicError `SEALED_FILE_CORRUPT` as `openFloe`.
 * @example
 * ```ts
 * const reader = await openFloeReader(key, await createFileSource(file), { associatedData })
 * const tensor = await reader.read(1_048_576, 65_536)
 * ```
 */
export const openFloeReader = async (
  key: KeyObject,
  source: RandomAccessSource,
  options: OpenOptions,
): Promise<FloeReader> => {
  const header = await readExactly(source, 0, Math.min(headerLength, source.size))
  const opener = createSegmentOpener(key, header, options)
  const buffer = createReusedBuffer()
  let isClosed = false
  let held: { index: number; content: Buffer } | undefined
  const close = (): void => {
    isClosed = true
    held = undefined
    opener.wipe()
    buffer.wipe()
  }
  const verifyOpen = (): void => {
    if (isClosed) throw new NootropicError('USAGE', 'expected an open reader, got one that was closed; open it again')
  }
  try {
    const layout = layoutToOpen(source.size, opener.segmentLength)
    const fetch = (index: number): Promise<Buffer> => {
      const { sealed } = layout.segment(index)
      return readExactly(source, sealed.start, sealed.end - sealed.start)
    }
    // From here to the use of what it returns nothing may wait: another read would overwrite the one buffer.
    const openSegment = (index: number, sealed: Buffer): Buffer => {
      verifyOpen()
      held = undefined
      const { isFinal } = layout.segment(index)
      const content = opener.open(index, isFinal, sealedSegment(sealed), buffer.take(opener.contentLength))
      held = { index, content }
      return content
    }
    const last = layout.segments - 1
    openSegment(last, await fetch(last))
    return {
      size: layout.contentSize,
      async read(offset, length) {
        verifyOpen()
        const isInside = offset >= 0 && length >= 0 && offset + length <= layout.contentSize
        if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || !isInside) {
          const expected = `a place inside the ${layout.contentSize} bytes of content`
          throw new NootropicError('USAGE', `expected ${expected}, got ${length} bytes at ${offset}`)
        }
        const result = Buffer.allocUnsafe(length)
        let filled = 0
        while (filled < length) {
          const index = Math.floor((offset + filled) / opener.contentLength)
          const content = held?.index === index ? held.content : openSegment(index, await fetch(index))
          const start = offset + filled - index * opener.contentLength
          filled += content.copy(result, filled, start)
        }
        return result
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}
