import { crc32 } from 'node:zlib'
import xzDecompress from 'xz-decompress'
import { type ByteSource, bytesSource } from '../../source.ts'
import { bufferOf, windowsOf } from '../bytes.ts'
import { type Expand, expansionOf, TruncatedStream, UnsupportedStream } from './expansion.ts'
import { rewriteXz, undoDelta } from './xz-rewrite.ts'

/** The magic that a stream starts with (The .xz File Format 1.2.1, 2.1.1.1). */
export const xzMagic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const

const footerLength = 12

/** Where a footer is looked for when the stream goes on after one. */
const searchedLength = 64 * 1024

const windowLength = 64 * 1024

/** The end of the last footer whose checksum is right. */
const endOfLastFooter = (content: ByteSource): number | undefined => {
  const from = Math.max(0, content.size - searchedLength)
  const tail = bufferOf(content.read(from, searchedLength))
  for (let at = tail.lastIndexOf('YZ'); at >= footerLength - 2; at = tail.lastIndexOf('YZ', at - 1)) {
    const start = at - (footerLength - 2)
    if (crc32(tail.subarray(start + 4, at)) === tail.readUInt32LE(start)) return from + at + 2
  }
  return undefined
}

// What its WebAssembly says, as `xz_ret` of XZ Embedded numbers it.
const unsupportedCodes = ['2', '3', '4', '6']
const endCodes = ['5', '8']

const explained = (error: unknown, content: ByteSource): unknown => {
  const code = error instanceof Error ? /error code (\d+)$/.exec(error.message)?.[1] : undefined
  if (code === undefined) return error
  if (unsupportedCodes.includes(code)) {
    return new UnsupportedStream('XZ with a window above 64 MiB, a filter before LZMA2 or a SHA-256 checksum')
  }
  return endCodes.includes(code) && endOfLastFooter(content) === undefined
    ? new TruncatedStream('the stream has no end')
    : new Error('xz: neither a block nor the end')
}

const decoded = (content: ByteSource): AsyncIterable<Uint8Array> => {
  const windows = windowsOf(content, 0, windowLength)
  const compressed = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = windows.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
  })
  // In node, a web stream is read by `for await`, which the types of browsers do not say.
  return new xzDecompress.XzReadableStream(compressed) as unknown as AsyncIterable<Uint8Array>
}

async function* expandRewritten(content: ByteSource): AsyncGenerator<Uint8Array, number> {
  const rewritten = rewriteXz(content)
  if (rewritten === undefined) throw new UnsupportedStream('XZ with a window, a filter or a checksum that is not read')
  try {
    yield* undoDelta(decoded(bytesSource(rewritten.bytes)), rewritten)
  } catch (error) {
    throw explained(error, content)
  }
  if (rewritten.isApproximate) throw new UnsupportedStream('XZ with a filter for machine code before LZMA2')
  return content.size
}

async function* expandStreams(content: ByteSource): AsyncGenerator<Uint8Array, number> {
  let hasPut = false
  try {
    for await (const chunk of decoded(content)) {
      hasPut = true
      yield chunk
    }
    return content.size
  } catch (error) {
    const end = endOfLastFooter(content)
    const reason = explained(error, content)
    if (reason instanceof UnsupportedStream && !hasPut) return yield* expandRewritten(content)
    if (end === undefined || end === content.size || reason instanceof UnsupportedStream) throw reason
    return end
  }
}

/** Expands XZ streams that stand one after another. */
export const expandXz: Expand = (content) => expansionOf(expandStreams(content))
