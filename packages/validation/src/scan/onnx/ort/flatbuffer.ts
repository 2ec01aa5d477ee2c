import type { ByteSource } from '../../source.ts'

/** A flatbuffer that is not well formed. It never leaves the reader of the format. */
export class FlatbufferError extends Error {
  readonly offset: number

  constructor(offset: number, expected: string) {
    super(`expected ${expected} at byte ${offset}`)
    this.offset = offset
  }
}

/** Texts are names; a longer one is no name (CWE-770). */
const maximumText = 2 ** 16

/**
 * Reads a flatbuffer in place: every offset and length is checked against the content before it is followed, which
 * onnxruntime did not do before 1.28 (microsoft/onnxruntime pulls 28186 and 29068, CWE-125).
 */
export class Flatbuffer {
  readonly #content: ByteSource

  constructor(content: ByteSource) {
    this.#content = content
  }

  get size(): number {
    return this.#content.size
  }

  #view(offset: number, length: number): DataView {
    if (offset < 0 || offset + length > this.size) throw new FlatbufferError(offset, `${length} bytes inside the file`)
    const bytes = this.#content.read(offset, length)
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  unsigned(offset: number): number {
    return this.#view(offset, 4).getUint32(0, true)
  }

  signed(offset: number): number {
    return this.#view(offset, 4).getInt32(0, true)
  }

  long(offset: number): bigint {
    return this.#view(offset, 8).getBigInt64(0, true)
  }

  /** Where the table is that an offset at this place points to. */
  follow(offset: number): number {
    const target = offset + this.unsigned(offset)
    if (target <= offset || target + 4 > this.size) throw new FlatbufferError(offset, 'an offset into the file')
    return target
  }

  /** Where a field of a table stands, or nothing when the table leaves it out. */
  field(table: number, index: number): number | undefined {
    const dispatch = table - this.signed(table)
    const length = this.#view(dispatch, 4).getUint16(0, true)
    if (length < 4 || length % 2 !== 0) throw new FlatbufferError(dispatch, 'a table of fields')
    const entry = 4 + 2 * index
    if (entry + 2 > length) return undefined
    const place = this.#view(dispatch + entry, 2).getUint16(0, true)
    return place === 0 ? undefined : table + place
  }

  table(parent: number, index: number): number | undefined {
    const place = this.field(parent, index)
    return place === undefined ? undefined : this.follow(place)
  }

  /** Where the elements of a list begin, and how many there are. */
  list(parent: number, index: number, width: number): { readonly start: number; readonly count: number } {
    const place = this.table(parent, index)
    if (place === undefined) return { start: 0, count: 0 }
    const count = this.unsigned(place)
    if (place + 4 + count * width > this.size)
      throw new FlatbufferError(place, `a list inside the file, not of ${count}`)
    return { start: place + 4, count }
  }

  /** The tables of a list. */
  *tables(parent: number, index: number): Generator<number> {
    const { start, count } = this.list(parent, index, 4)
    for (let item = 0; item < count; item += 1) yield this.follow(start + 4 * item)
  }

  text(parent: number, index: number): string {
    const { start, count } = this.list(parent, index, 1)
    if (count > maximumText) throw new FlatbufferError(start, `a text of at most ${maximumText} bytes`)
    return count === 0 ? '' : Buffer.from(this.#content.read(start, count)).toString('utf8')
  }
}
