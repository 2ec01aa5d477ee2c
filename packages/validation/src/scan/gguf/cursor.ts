import type { ByteSource } from '../source.ts'
import { Malformed } from './malformed.ts'
import { ggufRules as rules } from './rules.ts'

/** Bytes that are fetched at once: the vocabulary of a model is half a million small strings. */
const windowLength = 1 << 16

/** Reads a content in order and within its bounds. Every read throws {@link Malformed} at the end of the content. */
export interface Cursor {
  readonly offset: number
  readonly remaining: number
  uint8(): number
  uint32(): number
  uint64(): bigint
  /** A count or a length, as wide as the version of the format has them. */
  count(): bigint
  /** At most 64 KiB; a view. */
  bytes(length: number): Uint8Array
  skip(length: number): void
}

/** How the numbers of a file are written. */
export interface Notation {
  readonly isLittleEndian: boolean
  /** 4 in the first version and what came before, 8 since. */
  readonly countBytes: 4 | 8
}

/** A cursor on `content` at `offset`. */
export const createCursor = (content: ByteSource, offset: number, notation: Notation): Cursor => {
  const { isLittleEndian, countBytes } = notation
  let windowStart = 0
  let window: DataView = new DataView(new ArrayBuffer(0))
  let position = offset

  /** Moves behind `length` bytes and answers where they stand in the window. */
  const take = (length: number): number => {
    if (length > content.size - position) {
      const message = `expected ${length} more bytes, found ${content.size - position}`
      throw new Malformed({ rule: rules.truncated, message, offset: position })
    }
    if (position < windowStart || position + length > windowStart + window.byteLength) {
      const bytes = content.read(position, Math.max(length, windowLength))
      window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      windowStart = position
    }
    position += length
    return position - length - windowStart
  }
  const uint32 = (): number => {
    const at = take(4)
    return window.getUint32(at, isLittleEndian)
  }
  const uint64 = (): bigint => {
    const at = take(8)
    return window.getBigUint64(at, isLittleEndian)
  }
  return {
    get offset() {
      return position
    },
    get remaining() {
      return content.size - position
    },
    uint8() {
      const at = take(1)
      return window.getUint8(at)
    },
    uint32,
    uint64,
    count: countBytes === 4 ? () => BigInt(uint32()) : uint64,
    bytes(length) {
      const at = take(length)
      return new Uint8Array(window.buffer, window.byteOffset + at, length)
    },
    skip(length) {
      position += Math.min(length, content.size - position)
    },
  }
}

/** The length of a string that stands next, checked against what is left of the file. */
export const readLength = (cursor: Cursor, what: string): number => {
  const offset = cursor.offset
  const length = cursor.count()
  if (length <= BigInt(cursor.remaining)) return Number(length)
  const message = `expected ${what} within the ${cursor.remaining} bytes that are left, found the length ${length}`
  throw new Malformed({ rule: rules['string-length'], message, offset })
}
