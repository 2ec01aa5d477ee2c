import { StructureError } from '../wire/byte-cursor.ts'
import type { Torch7Primitives } from './torch7-primitives.ts'

/** No number of a file is longer. */
const maximumNumberLength = 64

/** Numbers and texts of a Torch7 file in text: a line break stands behind each, and texts stand as they are. */
export const createTextNumbers = (bytes: Uint8Array): Torch7Primitives => {
  let offset = 0
  const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d
  const word = (): string => {
    while (isSpace(bytes[offset])) offset += 1
    const start = offset
    while (offset < bytes.length && !isSpace(bytes[offset]) && offset - start <= maximumNumberLength) offset += 1
    const text = Buffer.from(bytes.subarray(start, offset)).toString('latin1')
    if (text === '' || text.length > maximumNumberLength)
      throw new StructureError(start, 'expected a number, found none')
    return text
  }
  const integer = (): bigint => {
    const text = word()
    if (!/^-?\d{1,20}$/.test(text)) throw new StructureError(offset, 'expected a whole number, found another text')
    return BigInt(text)
  }
  const skip = (length: number): string => {
    const start = offset
    if (length < 0 || length > bytes.length - offset)
      throw new StructureError(offset, `expected a text of ${length} bytes`)
    offset += length
    return Buffer.from(bytes.subarray(start, Math.min(offset, start + 1024))).toString('latin1')
  }
  // One line break separates the length of a text from it.
  const separator = (): void => {
    if (isSpace(bytes[offset])) offset += 1
  }
  return {
    get offset() {
      return offset
    },
    integer: () => Number(integer()),
    skipNumber: () => void word(),
    text(length) {
      separator()
      return skip(length)
    },
    skipText(length) {
      skip(length)
    },
    long: integer,
    skipElements(_className, count) {
      for (let index = 0n; index < count; index += 1n) word()
    },
  }
}
