import { crc32 } from 'node:zlib'
import { windowsOf } from '../scan/containers/bytes.ts'
import { expandRawDeflate } from '../scan/containers/streams/deflate.ts'
import { printable } from '../scan/rule.ts'
import { type ByteSource, partOf } from '../scan/source.ts'
import { unfit } from './refusals.ts'

/** Bytes from `start` to `end`, the end not included. */
export interface ByteSpan {
  readonly start: number
  readonly end: number
}

/** Bytes that can be gone through from the front to the back, again and again, and are never held. */
export interface ByteStream {
  readonly size: number
  /** The first bytes, at most so many. */
  head(length: number): Promise<Uint8Array>
  /** The bytes of spans, which ascend and do not meet. A view of each piece is valid until the next. */
  spans(spans: Iterable<ByteSpan>): AsyncGenerator<Uint8Array>
}

/** How much of a file is read at a time. */
const windowLength = 2 ** 20

/** The bytes of an open file, of which only the spans that are asked for are read. */
export const streamOfSource = (path: string, content: ByteSource): ByteStream => ({
  size: content.size,
  head: async (length) => content.read(0, length),
  async *spans(spans) {
    for (const { start, end } of spans) {
      let length = 0
      for (const window of windowsOf(partOf(content, start, end - start), 0, windowLength)) {
        length += window.length
        yield window
      }
      if (length < end - start)
        throw unfit(path, 'stay as it is while it is read', 'its end', 'read it when nothing writes to it')
    }
  },
})

/** Where the bytes of an entry of an archive stand, and what its record says of them. */
export interface ArchivedBytes {
  readonly content: ByteSource
  readonly isDeflated: boolean
  readonly size: number
  readonly checksum: number
}

/** The parts of a piece, which starts at `at`, that lie in spans. */
function* cut(piece: Uint8Array, at: number, spans: Iterator<ByteSpan>, held: { span?: ByteSpan | undefined }) {
  while (held.span !== undefined && held.span.start < at + piece.length) {
    const { start, end } = held.span
    if (end > at) yield piece.subarray(Math.max(0, start - at), end - at)
    if (end > at + piece.length) return
    held.span = spans.next().value
  }
}

/**
 * The bytes of an entry of an archive. Every way through them goes to the end and checks length and checksum, for what was
 * handed out before a fault was found must not be used.
 */
export const streamOfEntry = (path: string, entry: ArchivedBytes): ByteStream => {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let length = 0
    let checksum = 0
    try {
      const chunks = entry.isDeflated ? expandRawDeflate(entry.content).chunks : windowsOf(entry.content)
      for await (const chunk of chunks) {
        length += chunk.length
        if (length > entry.size) break
        checksum = crc32(chunk, checksum)
        yield chunk
      }
    } catch (cause) {
      const reason = cause instanceof Error ? printable(cause.message) : 'a fault'
      throw unfit(path, 'expand', reason, 'get the archive again', cause)
    }
    if (length !== entry.size || checksum !== entry.checksum)
      throw unfit(
        path,
        `expand to ${entry.size} bytes of the checksum ${entry.checksum.toString(16)}`,
        length === entry.size ? checksum.toString(16) : `${length > entry.size ? 'more' : length} bytes`,
        'get the archive again',
      )
  }
  return {
    size: entry.size,
    async head(length) {
      const chunks: Uint8Array[] = []
      let total = 0
      for await (const chunk of pieces()) {
        chunks.push(Uint8Array.from(chunk))
        total += chunk.length
        if (total >= length) break
      }
      return Buffer.concat(chunks).subarray(0, length)
    },
    async *spans(spans) {
      const iterator = spans[Symbol.iterator]()
      const held = { span: iterator.next().value as ByteSpan | undefined }
      let at = 0
      for await (const piece of pieces()) {
        yield* cut(piece, at, iterator, held)
        at += piece.length
      }
    },
  }
}
