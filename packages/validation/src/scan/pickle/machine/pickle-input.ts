import type { ByteSource } from '../../source.ts'
import { truncated } from '../broken-pickle.ts'
import { viewOf } from './literals.ts'

/** How much is read at once: large enough for the disk, small enough for memory to stay bounded. */
const windowLength = 256 * 1024
/** What is read at first: many a pickle is short, and many a place where one may begin leads nowhere. */
const firstWindowLength = 4 * 1024

const newline = 0x0a

/** Names and numbers are shorter. */
export const maximumLine = 4096

/** Every number of so many digits is exact. */
const maximumDigits = 15

/** The opcodes of a content, through a window that moves along. Long operands are passed over, not read. */
export class PickleInput {
  readonly content: ByteSource
  #window: Buffer
  #windowAt: number
  #cursor = 0

  constructor(content: ByteSource, offset: number) {
    this.content = content
    this.#windowAt = offset
    this.#window = viewOf(content.read(offset, firstWindowLength))
  }

  /** Where the next byte stands in the content. */
  get offset(): number {
    return this.#windowAt + this.#cursor
  }

  /** How many bytes are left. */
  get left(): number {
    return this.content.size - this.offset
  }

  /** The next byte, or -1 at the end. */
  next(): number {
    if (this.#cursor >= this.#window.length && !this.#refill(1)) return -1
    return this.#window[this.#cursor++] as number
  }

  /** Has the next `length` bytes at hand for {@link peek}, as far as there are so many. */
  prepare(length: number): void {
    const isShort = this.#cursor + length > this.#window.length
    if (isShort && this.#windowAt + this.#window.length < this.content.size) this.#refill(length)
  }

  /** The byte after the next `ahead` ones, or -1 where there is none at hand. */
  peek(ahead = 0): number {
    return this.#window[this.#cursor + ahead] ?? -1
  }

  u1(): number {
    this.#demand(1)
    return this.#window[this.#cursor++] as number
  }

  u2(): number {
    this.#demand(2)
    const low = this.#window[this.#cursor++] as number
    return low | ((this.#window[this.#cursor++] as number) << 8)
  }

  i4(): number {
    const low = this.u2()
    return low | (this.u2() << 16)
  }

  u4(): number {
    return this.i4() >>> 0
  }

  /** Beyond 2^53 the number is not exact any more, but as far beyond every content as before. */
  u8(): number {
    const low = this.u4()
    return low + this.u4() * 2 ** 32
  }

  skip(length: number): void {
    if (length <= this.#window.length - this.#cursor) {
      this.#cursor += length
      return
    }
    if (length > this.left) throw truncated()
    this.#windowAt = this.offset + length
    this.#cursor = 0
    this.#window = this.#window.subarray(0, 0)
  }

  /**
   * A line as Latin-1 text, without its newline; nothing when it is longer than any number and any name. CPython refuses
   * a last line without a newline.
   */
  line(): string | undefined {
    this.prepare(maximumLine)
    const end = this.#window.indexOf(newline, this.#cursor)
    if (end < 0) {
      this.#skipLine()
      return undefined
    }
    const start = this.#cursor
    this.#cursor = end + 1
    return end - start > maximumLine ? undefined : this.#window.toString('latin1', start, end)
  }

  /** Reads a line of a few digits, and stays where it is before any other line. */
  digits(): number | undefined {
    this.prepare(maximumDigits + 1)
    let value = 0
    for (let index = 0; index <= maximumDigits; index += 1) {
      const byte = this.#window[this.#cursor + index] ?? 0
      if (byte === newline && index > 0) {
        this.#cursor += index + 1
        return value
      }
      if (byte < 0x30 || byte > 0x39) return undefined
      value = value * 10 + byte - 0x30
    }
    return undefined
  }

  #skipLine(): void {
    for (;;) {
      const end = this.#window.indexOf(newline, this.#cursor)
      if (end >= 0) {
        this.#cursor = end + 1
        return
      }
      this.#cursor = this.#window.length
      if (!this.#refill(1)) throw truncated()
    }
  }

  #demand(length: number): void {
    if (this.#cursor + length > this.#window.length && !this.#refill(length)) throw truncated()
  }

  #refill(length: number): boolean {
    this.#windowAt += this.#cursor
    this.#cursor = 0
    this.#window = viewOf(this.content.read(this.#windowAt, windowLength))
    return this.#window.length >= length
  }
}
