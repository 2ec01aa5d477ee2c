import { NootropicError } from '@nootropic/core'

/** Bytes that are read at checked places only. */
export interface BoundedBytes {
  readonly bytes: Uint8Array
  readonly length: number
  /** An unsigned number of `size` bytes, the most significant first. */
  big(at: number, size: 1 | 2 | 3 | 4): number
  /** An unsigned number of `size` bytes, the least significant first. */
  little(at: number, size: 1 | 2 | 3 | 4): number
  /** `count` bytes as Latin-1. */
  text(at: number, count: number): string
  /** Refuses a span that the bytes do not hold. */
  need(at: number, count: number, what: string): void
}

/** Ends the reading of a file that is not what its format asks for. */
export const malformed = (at: number, expected: string, found: string): never => {
  throw new NootropicError('INPUT_INVALID', `expected ${expected} at byte ${at}, found ${found}`)
}

/** Reads bytes without ever leaving them (CWE-125). */
export const createBoundedBytes = (bytes: Uint8Array): BoundedBytes => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const need = (at: number, count: number, what: string): void => {
    if (at < 0 || count < 0 || at + count > bytes.length)
      malformed(at, `${count} bytes of ${what}`, `${Math.max(0, bytes.length - at)}`)
  }
  return {
    bytes,
    length: bytes.length,
    need,
    big(at, size) {
      need(at, size, 'a number')
      return buffer.readUIntBE(at, size)
    },
    little(at, size) {
      need(at, size, 'a number')
      return buffer.readUIntLE(at, size)
    },
    text(at, count) {
      need(at, count, 'text')
      return buffer.toString('latin1', at, at + count)
    },
  }
}
