import { isUtf8 } from 'node:buffer'
import { malformed } from './limits.ts'
import type { TensorBytes } from './model.ts'

/** A file that is read piece by piece. */
export interface PositionedSource {
  readonly length: number
  /** Fills `target` with the bytes from `offset` on. */
  read(target: Uint8Array, offset: number): void
}

// One positioned read fetches this much at first and twice as much while reading goes on without a gap: between two
// large tensors there are some 50 bytes to read, inside the list of nodes some 100,000.
const smallestWindow = 4096
const largestWindow = 65536

// Short values of a file are copied side by side into blocks: memory of its own would take ten times as much for each.
const blockLength = 8192
const longestShared = 256

const twoTo32 = 2 ** 32
// The upper half from which on 64 bits are no safe integer of JavaScript.
const unsafeHigh = 2 ** 21

/** Small integers as bigints, made once each: attributes are full of them, and each would take 24 bytes. */
const smallIntegers: bigint[] = []
const smallIntegerCount = 2 ** 14

/**
 * Reads the wire format of protobuf, from memory or from a file through a window. It never reads past the end, and
 * allocates nothing by a length that it has not compared with the bytes that are there.
 */
export class WireReader {
  /** Where the next byte stands in the file. */
  position = 0
  readonly length: number
  /** The halves of the last varint, unsigned. */
  low = 0
  high = 0
  readonly #file: PositionedSource | undefined
  #window: Buffer
  #view: DataView
  /** Where the window stands in the file. */
  #start = 0
  #end: number
  #block = new ArrayBuffer(0)
  #blockUsed = 0

  constructor(source: Uint8Array | PositionedSource) {
    this.length = source.length
    this.#file = source instanceof Uint8Array ? undefined : source
    this.#window =
      source instanceof Uint8Array
        ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
        : Buffer.allocUnsafe(0)
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.byteLength)
    this.#end = this.#window.length
  }

  /** Reads a varint of at most 64 bits into {@link low} and {@link high}; longer than needed is allowed, as protobuf does. */
  varint(): void {
    const start = this.position
    let byte = this.#byte()
    if (byte < 0x80) {
      this.low = byte
      this.high = 0
      return
    }
    let low = byte & 0x7f
    let high = 0
    for (let shift = 7; shift < 70; shift += 7) {
      byte = this.#byte()
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else {
        // The tenth byte holds the last of 64 bits.
        if (shift === 63 && bits > 1) break
        high |= bits << (shift - 32)
      }
      if (byte < 0x80) {
        this.low = low >>> 0
        this.high = high >>> 0
        return
      }
    }
    throw malformed(start, 'a number of at most 64 bits', 'a longer one')
  }

  /** The tag of a field: its number and wire type. */
  tag(): number {
    const start = this.position
    const byte = this.#byte()
    if (byte < 0x80 && byte >= 8) return byte
    this.position = start
    this.varint()
    if (this.high !== 0 || this.low < 8) throw malformed(start, 'a field number from 1 to 536870911', 'another')
    return this.low
  }

  /** The length of what follows, which must end by `end`. */
  lengthWithin(end: number): number {
    const start = this.position
    this.varint()
    const length = this.high * twoTo32 + this.low
    if (length > end - this.position)
      throw malformed(start, `a length of at most the ${Math.max(0, end - this.position)} bytes left`, String(length))
    return length
  }

  /** The last varint as int64, where a number can hold it. */
  safeInteger(): number | undefined {
    const { low, high } = this
    if (high < unsafeHigh) return high * twoTo32 + low
    const value = Number(this.int64())
    return Number.isSafeInteger(value) ? value : undefined
  }

  /** The last varint as int64. */
  int64(): bigint {
    const { low, high } = this
    if (high === 0 && low < smallIntegerCount) {
      const known = smallIntegers[low]
      if (known !== undefined) return known
      const made = BigInt(low)
      smallIntegers[low] = made
      return made
    }
    if (high < unsafeHigh) return BigInt(high * twoTo32 + low)
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))
  }

  float(): number {
    this.#hold(4)
    const value = this.#view.getFloat32(this.position - this.#start, true)
    this.position += 4
    return value
  }

  /** UTF-8 text. Bytes that are not UTF-8 are refused: two names that differ only there would read as the same. */
  text(length: number): string {
    if (length === 0) return ''
    this.#hold(length)
    const from = this.position - this.#start
    const value = this.#window.toString('utf8', from, from + length)
    if (value.includes('\uFFFD') && !isUtf8(this.#window.subarray(from, from + length)))
      throw malformed(this.position, 'text in UTF-8', 'other bytes')
    this.position += length
    return value
  }

  /** A view of the next bytes; of a file, a copy. */
  bytes(length: number): Uint8Array {
    if (this.#file === undefined) return this.#viewOf(length)
    const copy = length > longestShared ? new Uint8Array(length) : this.#shared(length)
    if (length > longestShared) this.#file.read(copy, this.position)
    else {
      this.#hold(length)
      const from = this.position - this.#start
      // Of a few bytes, a loop is done before a call is.
      for (let index = 0; index < length; index += 1) copy[index] = this.#window[from + index] as number
    }
    this.position += length
    return copy
  }

  #shared(length: number): Uint8Array {
    if (length > this.#block.byteLength - this.#blockUsed) {
      this.#block = new ArrayBuffer(blockLength)
      this.#blockUsed = 0
    }
    const memory = new Uint8Array(this.#block, this.#blockUsed, length)
    this.#blockUsed += length
    return memory
  }

  /** A view of the next bytes; of a file, where they stand. */
  range(length: number): TensorBytes {
    if (this.#file === undefined) return this.#viewOf(length)
    const range = { offset: this.position, length }
    this.position += length
    return range
  }

  #viewOf(length: number): Uint8Array {
    const view = new Uint8Array(this.#window.buffer, this.#window.byteOffset + this.position, length)
    this.position += length
    return view
  }

  #byte(): number {
    if (this.position >= this.#end || this.position < this.#start) this.#hold(1)
    const byte = this.#window[this.position - this.#start] as number
    this.position += 1
    return byte
  }

  /** Makes the next `count` bytes stand in the window. */
  #hold(count: number): void {
    const { position } = this
    if (position >= this.#start && position + count <= this.#end) return
    if (position + count > this.length)
      throw malformed(position, `${count} more bytes`, `the end of the file after ${this.length} bytes`)
    const isNext = position >= this.#start && position <= this.#end
    const wanted = isNext ? Math.min(this.#window.length * 2, largestWindow) : smallestWindow
    const size = Math.min(Math.max(wanted, count, smallestWindow), this.length - position)
    if (this.#window.length !== size) this.#window = Buffer.allocUnsafeSlow(size)
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, size)
    this.#file?.read(this.#window, position)
    this.#start = position
    this.#end = position + size
  }
}
