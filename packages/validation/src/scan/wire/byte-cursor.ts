import { NootropicError } from '@nootropic/core'
import type { Inspection } from '../inspection.ts'
import type { Rule } from '../rule.ts'
import type { ByteSource } from '../source.ts'

/** A structure that is larger than this reader follows: what stands behind is not looked at, which is no fault of the file. */
export const tooLarge = (what: string): NootropicError =>
  new NootropicError('LIMIT_EXCEEDED', `expected at most ${what}, found more`)

/** A content that does not have the structure of its format, and where. */
export class StructureError extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.name = 'StructureError'
    this.offset = offset
  }
}

/** Reads a content from front to back. Every method throws {@link StructureError} instead of reading past the end. */
export interface ByteCursor {
  readonly offset: number
  readonly remaining: number
  seek(offset: number): void
  skip(length: number | bigint): void
  bytes(length: number): Uint8Array
  /** Latin-1 text: no byte is lost, and none makes it fail. */
  text(length: number): string
  u8(): number
  u16(): number
  u32(): number
  i32(): number
  u64(): bigint
}

// A view of a huge length would be a huge allocation when the content is a file (CWE-789).
const maximumReadLength = 2 ** 26

/** What is fetched at once for the small values that most structures are made of. */
const windowLength = 4096

/** A cursor over a content, from `start` on. */
export const createByteCursor = (
  content: ByteSource,
  { start = 0, end = content.size, isLittleEndian = true } = {},
): ByteCursor => {
  let offset = start
  let held: Uint8Array = new Uint8Array(0)
  let view: DataView = new DataView(new ArrayBuffer(0))
  let heldAt = start
  const check = (length: number): void => {
    if (length > end - offset) {
      throw new StructureError(offset, `expected ${length} bytes, found the end after ${Math.max(0, end - offset)}`)
    }
  }
  /** Makes sure that the next bytes are in the view, and goes behind them. Answers where in the view they are. */
  const take = (length: number): number => {
    check(length)
    if (offset < heldAt || offset + length > heldAt + held.length) {
      held = content.read(offset, Math.min(windowLength, end - offset))
      view = new DataView(held.buffer, held.byteOffset, held.length)
      heldAt = offset
    }
    const at = offset - heldAt
    offset += length
    return at
  }
  const bytes = (length: number): Uint8Array => {
    if (length > maximumReadLength) throw new StructureError(offset, `expected at most 64 MiB at once, found ${length}`)
    check(length)
    offset += length
    return content.read(offset - length, length)
  }
  return {
    get offset() {
      return offset
    },
    get remaining() {
      return end - offset
    },
    seek(to) {
      if (!(to >= start && to <= end)) throw new StructureError(offset, `expected a place inside, found ${to}`)
      offset = to
    },
    skip(length) {
      if (length < 0 || length > end - offset) {
        throw new StructureError(offset, `expected ${length} bytes, found the end after ${end - offset}`)
      }
      offset += Number(length)
    },
    bytes,
    text: (length) => Buffer.from(bytes(length)).toString('latin1'),
    u8() {
      const at = take(1)
      return view.getUint8(at)
    },
    u16() {
      const at = take(2)
      return view.getUint16(at, isLittleEndian)
    },
    u32() {
      const at = take(4)
      return view.getUint32(at, isLittleEndian)
    },
    i32() {
      const at = take(4)
      return view.getInt32(at, isLittleEndian)
    },
    u64() {
      const at = take(8)
      return view.getBigUint64(at, isLittleEndian)
    },
  }
}

/** Reads a structure and reports where it breaks. Answers whether it holds. */
export const readStructure = (inspection: Inspection, rule: Rule, read: () => void): boolean => {
  try {
    read()
    return true
  } catch (error) {
    if (!(error instanceof StructureError)) throw error
    inspection.report({ rule, message: error.message, offset: error.offset })
    return false
  }
}
