import { gunzipSync, inflateSync } from 'node:zlib'
import { type ByteSource, bytesSource } from '../source.ts'
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

/** What decoding may cost in the scan of one pickle. */
export interface DecodingBudget {
  /** Bytes that may still be decoded. */
  bytes: number
  /** Texts and bytes that may still be looked into. */
  payloads: number
}

/** The budget of one file: what decoding and running payloads may take of a second or two (CWE-400). */
export const createDecodingBudget = (): DecodingBudget => ({ bytes: 2 ** 26, payloads: 20_000 })

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
  zlib: (bytes) => inflateSync(bytes, { maxOutputLength: maximumDecoded, finishFlush: 2 }),
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: maximumDecoded, finishFlush: 2 }),
}

const decode = (sign: keyof typeof decoders, bytes: Buffer): Buffer | undefined => {
  try {
    return decoders[sign](bytes)
  } catch {
    return undefined
  }
}

/** Looks into a text or bytes for a pickle or code, through wrappings. */
export const unwrapPayload = (content: ByteSource, budget: DecodingBudget): Payload | undefined => {
  let inner = content
  const wrappings: PayloadSign[] = []
  for (;;) {
    const sign = payloadSignOf(peekable(inner.read(0, payloadSignLength)))
    if (sign === undefined) return undefined
    if (sign === 'code') return { kind: 'code', content: inner, wrappings }
    if (sign === 'pickle' || sign === 'text pickle') return { kind: 'pickle', content: inner, wrappings }
    if (wrappings.length >= maximumWrappings || budget.bytes <= 0) return undefined
    const encoded = Buffer.from(inner.read(0, maximumEncoded))
    const decoded = decode(sign, encoded)
    if (decoded === undefined) return undefined
    budget.bytes -= encoded.length + decoded.length
    wrappings.push(sign)
    inner = bytesSource(decoded)
  }
}
