import { hasMagic } from '../format.ts'
import type { ByteSource } from '../source.ts'
import { createByteCursor, StructureError } from '../wire/byte-cursor.ts'

// "OpenType specification", the table directory: a version, the number of tables, and a record of 16 bytes for each.

const versions: readonly (string | readonly number[])[] = [[0, 1, 0, 0], 'OTTO', 'true']
const headerLength = 12
const recordLength = 16
/** Fonts have some twenty tables. */
const maximumTables = 128

/** Tables that every font has. */
const requiredTables = ['head', 'maxp']

const tagAt = (head: Uint8Array, at: number): string => Buffer.from(head.subarray(at, at + 4)).toString('latin1')

/** Whether a content opens with the directory of a font: its version is too short for a magic. */
export const isFont = (head: Uint8Array): boolean => {
  if (!versions.some((version) => hasMagic(head, version))) return false
  const count = (head[4] ?? 0) * 256 + (head[5] ?? 0)
  if (count === 0 || count > maximumTables || head.length < headerLength + count * recordLength) return false
  const tags = Array.from({ length: count }, (_, index) => tagAt(head, headerLength + index * recordLength))
  return tags.every((tag) => /^[ -~]{4}$/.test(tag)) && requiredTables.every((tag) => tags.includes(tag))
}

/** Where the last table of a font ends, with its padding to four bytes. */
export const endOfFont = (content: ByteSource): number => {
  const cursor = createByteCursor(content, { start: 4, isLittleEndian: false })
  const count = cursor.u16()
  cursor.skip(6)
  let last = headerLength + count * recordLength
  for (let table = 0; table < count; table += 1) {
    const at = cursor.offset
    cursor.skip(8)
    const end = cursor.u32() + cursor.u32()
    if (end > content.size)
      throw new StructureError(at, `expected a table inside the font, found one that ends at ${end}`)
    last = Math.max(last, end)
  }
  return Math.min(content.size, Math.ceil(last / 4) * 4)
}
