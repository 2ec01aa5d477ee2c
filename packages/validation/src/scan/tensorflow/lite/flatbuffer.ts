import type { ByteSource } from '../../source.ts'

/** A FlatBuffer that points outside itself. */
export class FlatBufferFault extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

// Tables may share vectors: all that is read together is bounded by the file, not by what it says (CWE-400).
const maximumPasses = 16
const freeBytes = 2 ** 20
const windowBytes = 65_536

/** A vector: where its elements begin, and how many there are. */
export interface Vector {
  readonly start: number
  readonly length: number
}

/** Reads a FlatBuffer by its offsets, never beyond the file (FlatBuffers internals). */
export class FlatBuffer {
  readonly content: ByteSource
  #window: DataView = new DataView(new ArrayBuffer(0))
  #start = 0
  #taken = 0

  constructor(content: ByteSource) {
    this.content = content
  }

  #at(offset: number, length: number): DataView {
    if (offset < 0 || offset + length > this.content.size) {
      throw new FlatBufferFault(`expected ${length} bytes at ${offset}, found a file of ${this.content.size}`, 0)
    }
    this.#taken += length
    if (this.#taken > maximumPasses * this.content.size + freeBytes) {
      throw new FlatBufferFault('expected parts that stand apart, found the same bytes used many times over', offset)
    }
    const isHeld = offset >= this.#start && offset + length <= this.#start + this.#window.byteLength
    if (!isHeld) {
      const bytes = this.content.read(offset, Math.max(windowBytes, length))
      this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      this.#start = offset
    }
    return this.#window
  }

  u8(offset: number): number {
    return this.#at(offset, 1).getUint8(offset - this.#start)
  }

  i8(offset: number): number {
    return this.#at(offset, 1).getInt8(offset - this.#start)
  }

  u16(offset: number): number {
    return this.#at(offset, 2).getUint16(offset - this.#start, true)
  }

  u32(offset: number): number {
    return this.#at(offset, 4).getUint32(offset - this.#start, true)
  }

  i32(offset: number): number {
    return this.#at(offset, 4).getInt32(offset - this.#start, true)
  }

  /** A number of 64 bits; beyond the safe integers it is only about right, and beyond any file. */
  u64(offset: number): number {
    return this.u32(offset) + this.u32(offset + 4) * 2 ** 32
  }

  /** Follows the offset that stands at a place. */
  follow(offset: number): number {
    return offset + this.u32(offset)
  }

  /** Where a field of a table stands, or nothing when the table does not have it. */
  field(table: number, index: number): number | undefined {
    const vtable = table - this.i32(table)
    const entry = 4 + 2 * index
    if (entry + 2 > this.u16(vtable)) return undefined
    const offset = this.u16(vtable + entry)
    return offset === 0 ? undefined : table + offset
  }

  /** A field that is another table. */
  table(table: number, index: number): number | undefined {
    const at = this.field(table, index)
    return at === undefined ? undefined : this.follow(at)
  }

  /** A field that is a vector of elements of `size` bytes, all inside the file. */
  vector(table: number, index: number, size: number): Vector {
    const at = this.table(table, index)
    if (at === undefined) return { start: 0, length: 0 }
    const length = this.u32(at)
    if (at + 4 + length * size > this.content.size) {
      throw new FlatBufferFault(`expected ${length} elements of ${size} bytes, found the end of the file`, at)
    }
    return { start: at + 4, length }
  }

  /** The tables of a field that is a vector of them. */
  *tables(table: number, index: number): Generator<number> {
    const { start, length } = this.vector(table, index, 4)
    for (let item = 0; item < length; item += 1) yield this.follow(start + 4 * item)
  }

  /** The numbers of a field that is a vector of them. */
  *integers(table: number, index: number): Generator<number> {
    const { start, length } = this.vector(table, index, 4)
    for (let item = 0; item < length; item += 1) yield this.i32(start + 4 * item)
  }

  /** The text of a field, at most 4,096 bytes of it. */
  text(table: number, index: number): string {
    const { start, length } = this.vector(table, index, 1)
    return new TextDecoder().decode(this.content.read(start, Math.min(length, 4096)))
  }
}
