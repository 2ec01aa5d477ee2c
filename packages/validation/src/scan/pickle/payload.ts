import { constants, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib'
import { type ByteSource, bytesSource } from '../source.ts'
import type { Effort } from './effort.ts'
import { type PayloadSign, payloadSignLength, payloadSignOf, peekable } from './payload-signs.ts'

/** What was found inside a text or bytes: a pickle, or code, and how it was wrapped. */
export interface Payload {
  readonly kind: 'pickle' | 'code'
  readonly content: ByteSource
  /** The wrappings, outermost first. */
  readonly wrappings: readonly PayloadSign[]
}

/** A wrapping in a wrapping in a wrapping hides from nobody but a scanner (CWE-674). */
const maximumWrappings = 4
/** Of longer ones the beginning is decoded: it shows whether there is a pickle, and most often what it does. */
const maximumEncoded = 2 ** 22
const maximumDecoded = 2 ** 24

/** How many bytes are decoded in the time of an opcode, and what it costs to begin, in opcodes. */
export const decodedPerOperation = 16
const operationsPerDecoding = 256
/** Deflate makes at most so much of a byte: what a stream with an error made before it is not known. */
const maximumRatio = 1032

/** A stream that is cut off is inflated up to there. Rooms for short ones are small: a hostile file has many. */
const inflateOptions = ({ length }: Buffer): ZlibOptions => ({
  maxOutputLength: maximumDecoded,
  finishFlush: constants.Z_SYNC_FLUSH,
  chunkSize: Math.min(2 ** 16, Math.max(2 ** 10, 4 * length)),
})

const decoders: Readonly<
  Record<Exclude<PayloadSign, 'pickle' | 'text pickle' | 'code'>, (bytes: Buffer) => Buffer | undefined>
> = {
  base64: (bytes) => {
    const text = bytes.toString('latin1')
    return /^[\w+/\s-]*=*\s*$/.test(text) ? Buffer.from(text, 'base64') : undefined
  },
  hexadecimal: (bytes) => {
    const text = bytes.toString('latin1')
    return /^[\da-f]*$/i.test(text) ? Buffer.from(text, 'hex') : undefined
  },
  zlib: (bytes) => inflateSync(bytes, inflateOptions(bytes)),
  gzip: (bytes) => gunzipSync(bytes, inflateOptions(bytes)),
}

const decode = (sign: keyof typeof decoders, bytes: Buffer): Buffer | undefined => {
  try {
    return decoders[sign](bytes)
  } catch {
    return undefined
  }
}

/** Looks into a text or bytes for a pickle or code, through wrappings. */
export const unwrapPayload = (content: ByteSource, effort: Effort): Payload | undefined => {
  let inner = content
  const wrappings: PayloadSign[] = []
  for (;;) {
    const sign = payloadSignOf(peekable(inner.read(0, payloadSignLength)))
    if (sign === undefined) return undefined
    if (sign === 'code') return { kind: 'code', content: inner, wrappings }
    if (sign === 'pickle' || sign === 'text pickle') return { kind: 'pickle', content: inner, wrappings }
    if (wrappings.length >= maximumWrappings || effort.isSpent) return undefined
    const encoded = Buffer.from(inner.read(0, maximumEncoded))
    const decoded = decode(sign, encoded)
    const mayExpand = sign === 'zlib' || sign === 'gzip'
    const made = decoded?.length ?? (mayExpand ? Math.min(maximumDecoded, encoded.length * maximumRatio) : 0)
    effort.take(operationsPerDecoding + (encoded.length + made) / decodedPerOperation)
    if (decoded === undefined) return undefined
    wrappings.push(sign)
    inner = bytesSource(decoded)
  }
}
