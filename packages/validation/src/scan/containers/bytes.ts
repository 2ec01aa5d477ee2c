import type { ByteSource } from '../source.ts'

/** Small enough that what one window of a compressed stream expands to stays small too (deflate: at most 1032 times). */
const windowLength = 16 * 1024

/** The bytes of a content from a place on, a window at a time. */
export function* windowsOf(content: ByteSource, from = 0, length = windowLength): Generator<Uint8Array> {
  for (let offset = from; offset < content.size; offset += length) yield content.read(offset, length)
}

/** Bytes as a `Buffer`, for its readers of numbers and its searches; nothing is copied. */
export const bufferOf = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A 64-bit number; above 2^53 it loses its last digits, which no file reaches. */
export const readUint64 = (buffer: Buffer, at: number): number => Number(buffer.readBigUInt64LE(at))

/** Whether every byte is zero: padding hides nothing. */
export const isZero = (bytes: Uint8Array): boolean => {
  const buffer = bufferOf(bytes)
  return (
    buffer.length === 0 || (buffer[0] === 0 && buffer.compare(buffer, 1, buffer.length, 0, buffer.length - 1) === 0)
  )
}

const isAscii = (bytes: Uint8Array): boolean => {
  for (let index = 0; index < bytes.length; index += 1) if ((bytes[index] ?? 0) >= 0x80) return false
  return true
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A name out of a container: UTF-8 where it is that, else a character for each byte. */
export const decodeName = (bytes: Uint8Array): string => {
  // Nearly all names; a decoder takes ten times as long for so few bytes.
  if (isAscii(bytes)) return bufferOf(bytes).toString('latin1')
  try {
    return utf8.decode(bytes)
  } catch {
    return bufferOf(bytes).toString('latin1')
  }
}
