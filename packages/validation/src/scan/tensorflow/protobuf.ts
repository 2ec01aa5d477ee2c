import type { ByteSource } from '../source.ts'

/** A field of a protobuf message. Only what is needed of its value is read: a graph may be gigabytes. */
export interface ProtobufField {
  readonly number: number
  readonly wireType: number
  /** Where the field begins, and where its value does. */
  readonly offset: number
  readonly start: number
  /** Bytes of the value. */
  readonly length: number
  /** The value of a varint that is a safe integer; other values and larger ones are not a number. */
  readonly value: number
}

/** Bytes that are no protobuf message. */
export class ProtobufFault extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** Whether a content answers a question about its fields with yes; what is no message answers no. */
export const parsesAs = (check: () => boolean): boolean => {
  try {
    return check()
  } catch (error) {
    if (error instanceof ProtobufFault) return false
    throw error
  }
}

const windowBytes = 4096
const longestVarint = 10

/** A message, or a part of one, in a content. */
export interface ProtobufRange {
  readonly start: number
  readonly length: number
}

/** Reads fields of messages out of a content through a window that goes with them. */
export class ProtobufReader {
  readonly content: ByteSource
  #window: Uint8Array = new Uint8Array(0)
  #start = 0

  constructor(content: ByteSource) {
    this.content = content
  }

  #byte(offset: number): number {
    if (offset < this.#start || offset >= this.#start + this.#window.length) {
      this.#window = this.content.read(offset, windowBytes)
      this.#start = offset
    }
    return this.#window[offset - this.#start] ?? 0
  }

  #varint(offset: number, end: number): { value: number; next: number } {
    let value = 0
    let factor = 1
    for (let at = offset; at < Math.min(end, offset + longestVarint); at += 1) {
      const byte = this.#byte(at)
      value += (byte & 0x7f) * factor
      factor *= 128
      if (byte < 0x80) return { value: Number.isSafeInteger(value) ? value : Number.NaN, next: at + 1 }
    }
    throw new ProtobufFault('expected a number that ends, found more bytes', offset)
  }

  /** The fields of the message in a range. @throws ProtobufFault where the bytes are none. */
  *fields({ start, length }: ProtobufRange): Generator<ProtobufField> {
    const end = start + length
    if (end > this.content.size) throw new ProtobufFault(`expected ${length} bytes, found the end`, start)
    let at = start
    while (at < end) {
      const offset = at
      const tag = this.#varint(at, end)
      const number = Math.floor(tag.value / 8)
      const wireType = tag.value % 8
      const field = this.#valueOf(wireType, tag.next, end)
      if (!(number > 0) || field === undefined || field.start + field.length > end) {
        throw new ProtobufFault(`expected a field of at most ${end - tag.next} bytes, found none`, offset)
      }
      at = field.start + field.length
      yield { number, wireType, offset, ...field }
    }
  }

  #valueOf(wireType: number, at: number, end: number): { start: number; length: number; value: number } | undefined {
    if (wireType === 0) {
      const { value, next } = this.#varint(at, end)
      return { start: at, length: next - at, value }
    }
    if (wireType === 1) return { start: at, length: 8, value: Number.NaN }
    if (wireType === 5) return { start: at, length: 4, value: Number.NaN }
    if (wireType !== 2) return undefined
    const { value, next } = this.#varint(at, end)
    return Number.isNaN(value) ? undefined : { start: next, length: value, value: Number.NaN }
  }

  /** The bytes of a field, at most `limit` of them. */
  bytes({ start, length }: ProtobufRange, limit: number): Uint8Array {
    return this.content.read(start, Math.min(length, limit))
  }

  /** The text of a field, at most `limit` bytes of it. */
  text(range: ProtobufRange, limit = 4096): string {
    return new TextDecoder().decode(this.bytes(range, limit))
  }
}

/** Field of type bytes, text or message. */
export const lengthDelimited = 2
