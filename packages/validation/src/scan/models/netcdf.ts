import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { type ByteCursor, createByteCursor, readStructure, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

// "NetCDF Classic Format Specification": CDF-1, CDF-2 (offsets of 64 bits) and CDF-5 (counts of 64 bits).

const magic = 'CDF'
const versions: ReadonlySet<number> = new Set([1, 2, 5])
const streaming = { 4: 0xffff_ffffn, 8: 0xffff_ffff_ffff_ffffn } as const

const listTags = { dimensions: 0x0a, variables: 0x0b, attributes: 0x0c } as const
/** Bytes of a value, by the number of its type: byte, char, short, int, float, double, and those of CDF-5. */
const valueSizes = [undefined, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8]
const characterType = 2

/** Dimensions, attributes and variables together (CWE-770). */
const maximumItems = 1_000_000
/** The longest name, and the longest attribute that is looked at as a text. */
const maximumName = 1024
const maximumText = 2 ** 16

/** Reads the header, whose numbers have 4 or 8 bytes by the version. */
const readHeader = (cursor: ByteCursor, version: number, inspection: Inspection): void => {
  let items = 0
  const countLength = version === 5 ? 8 : 4
  const count = (): bigint => (countLength === 8 ? cursor.u64() : BigInt(cursor.u32()))
  const skipPadded = (length: bigint): void => cursor.skip(((length + 3n) / 4n) * 4n)
  const name = (): string => {
    const [at, length] = [cursor.offset, count()]
    if (length > maximumName) throw new StructureError(at, `expected a name, found one of ${length} bytes`)
    const bytes = Buffer.from(cursor.bytes(Number(length))).toString('utf8')
    cursor.skip((4 - (Number(length) % 4)) % 4)
    return bytes
  }
  const list = (kind: keyof typeof listTags, readItem: () => void): void => {
    const [at, tag, length] = [cursor.offset, cursor.u32(), count()]
    if (tag !== listTags[kind] && (tag !== 0 || length !== 0n)) {
      throw new StructureError(at, `expected the ${kind} or that there are none, found the tag ${tag}`)
    }
    for (let index = 0n; index < length; index += 1n) {
      items += 1
      if (items > maximumItems) throw tooLarge(`${maximumItems} dimensions, attributes and variables`)
      if (items % 1024 === 0) inspection.budget.checkTime()
      readItem()
    }
  }
  const valueSize = (): { type: number; size: number } => {
    const [at, type] = [cursor.offset, cursor.u32()]
    const size = valueSizes[type]
    if (size === undefined) throw new StructureError(at, `expected a type of values, found ${type}`)
    return { type, size }
  }
  const attribute = (): void => {
    const inside = name()
    const { type, size } = valueSize()
    const length = count()
    const start = cursor.offset
    skipPadded(length * BigInt(size))
    if (type !== characterType || length > maximumText) return
    const end = cursor.offset
    cursor.seek(start)
    checkText(Buffer.from(cursor.bytes(Number(length))).toString('utf8'), 'metadata', inspection, inside)
    cursor.seek(end)
  }
  const variable = (size: number): void => {
    name()
    cursor.skip(count() * BigInt(countLength))
    list('attributes', attribute)
    valueSize()
    count()
    const at = cursor.offset
    const begin = version === 1 ? BigInt(cursor.u32()) : cursor.u64()
    if (begin > BigInt(size)) throw new StructureError(at, `expected values inside the file, found them at ${begin}`)
  }
  const [at, records] = [cursor.offset, count()]
  const size = cursor.offset + cursor.remaining
  if (records !== streaming[countLength] && records > BigInt(size)) {
    throw new StructureError(at, `expected a number of records that fits the file, found ${records}`)
  }
  list('dimensions', () => {
    name()
    count()
  })
  list('attributes', attribute)
  list('variables', () => variable(size))
}

const inspectNetcdf = (content: ByteSource, inspection: Inspection): void => {
  const cursor = createByteCursor(content, { start: magic.length, isLittleEndian: false })
  readStructure(inspection, modelsRules.malformed, () => readHeader(cursor, cursor.u8(), inspection))
}

/** NetCDF before it became HDF5: arrays with names, which scientific data comes in. */
export const netcdfFormat: Format = {
  name: 'netcdf',
  title: 'NetCDF classic data',
  // The lists begin with a tag below 13, which has three bytes of zero before it.
  recognise: ({ head }: Sample) =>
    hasMagic(head, magic) && versions.has(head[3] ?? 0) && hasMagic(head, [0, 0, 0], head[3] === 5 ? 12 : 8)
      ? 'certain'
      : undefined,
  inspect: inspectNetcdf,
}
