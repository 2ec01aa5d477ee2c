import { createInflate, createInflateRaw, inflateRawSync, inflateSync } from 'node:zlib'
import type { ByteSource } from '../../source.ts'
import { windowsOf } from '../bytes.ts'
import { type Expand, expansionOf, TruncatedStream } from './expansion.ts'

type Wrapper = 'raw' | 'zlib'

/** Streams up to this size are expanded in one call, which takes a tenth of the time of a stream. */
const smallLength = 64 * 1024

/** What one call may put out; a stream that gives more is taken in pieces (CWE-409). */
const maximumSmallOutput = 2 ** 22

const pieceLength = 64 * 1024

/**
 * Python's readers of zip and gzip ask for at least this much at a time: what comes out of a damaged stream before the
 * piece with the damage has been handed on by then.
 */
const salvagedPieceLength = 4096

/** zlib takes memory for so much output at a time: archives of very many tiny entries would fill it with nothing. */
const chunkSizeFor = (length: number): number => Math.max(256, Math.min(16 * 1024, 4 * length))

interface Expanded {
  readonly chunk: Uint8Array
  /** How many bytes of the content the stream took. */
  readonly consumed: number
}

const expandSmall = (bytes: Uint8Array, wrapper: Wrapper): Expanded | undefined => {
  try {
    const options = { maxOutputLength: maximumSmallOutput, chunkSize: chunkSizeFor(bytes.length), info: true } as const
    const result: unknown = wrapper === 'raw' ? inflateRawSync(bytes, options) : inflateSync(bytes, options)
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } }
    return { chunk: buffer, consumed: engine.bytesWritten }
  } catch {
    return undefined
  }
}

async function* expandPieces(
  content: ByteSource,
  wrapper: Wrapper,
  chunkSize: number,
): AsyncGenerator<Uint8Array, number> {
  const stream = wrapper === 'raw' ? createInflateRaw({ chunkSize }) : createInflate({ chunkSize })
  let ready: Uint8Array[] = []
  let failure: NodeJS.ErrnoException | undefined
  let isEnded = false
  stream.on('data', (chunk: Uint8Array) => ready.push(chunk))
  stream.on('error', (error) => {
    failure = error
  })
  stream.on('end', () => {
    isEnded = true
  })
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  try {
    for (const piece of windowsOf(content)) {
      await Promise.race([closed, new Promise((resolve) => stream.write(piece, resolve))])
      yield* ready
      ready = []
      if (failure !== undefined || isEnded) break
    }
    stream.end()
    if (!isEnded) await closed
    yield* ready
    if (failure?.code === 'Z_BUF_ERROR') throw new TruncatedStream('the deflated data has no end')
    if (failure !== undefined) throw failure
    return stream.bytesWritten
  } finally {
    stream.destroy()
  }
}

async function* expandDeflate(content: ByteSource, wrapper: Wrapper): AsyncGenerator<Uint8Array, number> {
  const small = expandSmall(content.read(0, smallLength), wrapper)
  if (small !== undefined) {
    yield small.chunk
    return small.consumed
  }
  let handedOn = 0
  try {
    for (const pieces = expandPieces(content, wrapper, pieceLength); ; ) {
      const { value, done } = await pieces.next()
      if (done) return value
      yield value
      handedOn += value.length
    }
  } catch (error) {
    if (error instanceof TruncatedStream) throw error
    let salvaged = 0
    for await (const piece of expandPieces(content, wrapper, salvagedPieceLength)) {
      if (salvaged + piece.length > handedOn) yield piece.subarray(Math.max(0, handedOn - salvaged))
      salvaged += piece.length
    }
    throw error
  }
}

/** Streams up to this size are expanded without waiting, which takes most of the time of so small a one. */
const tinyLength = 4096

/** Expands a tiny stream of deflated data at once; nothing where it is larger, damaged or gives much. */
export const expandTinyDeflate = (content: ByteSource): Expanded | undefined =>
  content.size > tinyLength ? undefined : expandSmall(content.read(0, content.size), 'raw')

/** Expands deflated data without a header, as zip and gzip hold it. */
export const expandRawDeflate: Expand = (content) => expansionOf(expandDeflate(content, 'raw'))

/** Expands a zlib stream and checks its checksum. */
export const expandZlib: Expand = (content) => expansionOf(expandDeflate(content, 'zlib'))
