import type { ByteSource } from '../source.ts'
import { StructureError } from './byte-cursor.ts'

/** Texts are names and notes; a longer one is neither (CWE-770). */
const maximumText = 2 ** 16

// Tables may share vectors: all that is read together is bounded by the file, not by what it says (CWE-400).
const maximumPasses = 16
const freeBytes = 2 ** 20
const windowBytes = 65_536

/** A vector: where its elements begin, and how many there are. */
export interface Vector {
  readonly start: number
  readonly length: number
}

/**
 * Reads a FlatBuffer by its offsets: each is checked against the content before it is followed, which onnxruntime did not do
 * before 1.28 (FlatBuffers internals; microsoft/onnxruntime pulls 28186 and 29068, CWE-125). What it cannot follow is a
 * {@link StructureError}.
 */
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
      throw new StructureError(0, `expected ${length} bytes at ${offset}, found a file of ${this.content.size}`)
    }
    this.#taken += length
    if (this.#taken > maximumPasses * this.content.size + freeBytes) {
      throw new StructureError(offset, 'expected parts that stand apart, found the same bytes used many times over')
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

  i64(offset: number): bigint {
    return this.#at(offset, 8).getBigInt64(offset - this.#start, true)
  }

  /** Follows the offset that stands at a place. */
  follow(offset: number): number {
    const target = offset + this.u32(offset)
    if (target <= offset || target + 4 > this.content.size) {
      throw new StructureError(offset, `expected an offset into the file at byte ${offset}`)
    }
    return target
  }

  /** Where a field of a table stands, or nothing when the table does not have it. */
  field(table: number, index: number): number | undefined {
    const vtable = table - this.i32(table)
    const entry = 4 + 2 * index
    const length = this.u16(vtable)
    if (length < 4 || length % 2 !== 0) throw new StructureError(vtable, `expected a table of fields at byte ${vtable}`)
    if (entry + 2 > length) return undefined
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
      throw new StructureError(at, `expected ${length} elements of ${size} bytes, found the end of the file`)
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

  /** The text of a field. */
  text(table: number, index: number): string {
    const { start, length } = this.vector(table, index, 1)
    if (length > maximumText) throw new StructureError(start, `expected a text of at most ${maximumText} bytes`)
    return new TextDecoder().decode(this.content.read(start, length))
  }
}
