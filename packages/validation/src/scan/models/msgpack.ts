import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { type ByteCursor, createByteCursor, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

/** Maps inside maps (CWE-674), and values of one file (CWE-770). */
const maximumDepth = 128
const maximumValues = 5_000_000
const valuesPerCheck = 4096
/** A longer text names nothing. */
const maximumNameLength = 64
/** An array of msgpack-numpy has five keys. */
const maximumArrayKeys = 8

/** Extension types that Flax writes (`flax/serialization.py`), and the time stamp of MessagePack. */
const flaxArray = 1
const knownExtensions: readonly number[] = [flaxArray, 2, 3, -1]

/** Where the bytes of a value stand. */
interface Value {
  readonly start: number
  readonly length: number
}

interface Walk {
  readonly content: ByteSource
  readonly cursor: ByteCursor
  readonly inspection: Inspection
  /** Pickles that msgpack-numpy would load. */
  readonly pickles: Value[]
  values: number
}

const lengthOf = (cursor: ByteCursor, width: number): number =>
  width === 1 ? cursor.u8() : width === 2 ? cursor.u16() : cursor.u32()

const readBytes = ({ cursor }: Walk, length: number): Value => {
  const start = cursor.offset
  cursor.skip(length)
  return { start, length }
}

const textOf = ({ content }: Walk, { start, length }: Value): string =>
  length <= maximumNameLength ? Buffer.from(content.read(start, length)).toString('latin1') : ''

const readExtension = (walk: Walk, length: number): Value => {
  const { cursor, inspection } = walk
  const type = (cursor.u8() << 24) >> 24
  const start = cursor.offset
  if (!knownExtensions.includes(type)) {
    inspection.report({
      rule: modelsRules['msgpack-extension'],
      message: `expected the extension types of Flax, found type ${type} with ${length} bytes`,
      offset: start,
    })
  }
  cursor.skip(length)
  return { start, length }
}

/** msgpack-numpy marks an array by `nd`, and one of objects by kind `O`: its data are a pickle. */
const checkArray = (entries: ReadonlyMap<string, Value>, walk: Walk): void => {
  const data = entries.get('data')
  const kind = entries.get('kind')
  if (!entries.has('nd') || kind === undefined || data === undefined || textOf(walk, kind) !== 'O') return
  walk.inspection.report({
    rule: modelsRules['msgpack-pickled-array'],
    message: 'expected an array of numbers, found one of objects, which is a pickle',
    offset: data.start,
  })
  walk.pickles.push(data)
}

const readMap = (walk: Walk, count: number, depth: number): Value => {
  const start = walk.cursor.offset
  const entries = new Map<string, Value>()
  for (let index = 0; index < count; index += 1) {
    const key = readValue(walk, depth + 1)
    const value = readValue(walk, depth + 1)
    // Only small maps are arrays; the others need not be kept.
    if (count <= maximumArrayKeys) entries.set(textOf(walk, key), value)
  }
  checkArray(entries, walk)
  return { start, length: walk.cursor.offset - start }
}

const readArray = (walk: Walk, count: number, depth: number): Value => {
  const start = walk.cursor.offset
  for (let index = 0; index < count; index += 1) readValue(walk, depth + 1)
  return { start, length: walk.cursor.offset - start }
}

const fixedLengths: Readonly<Record<number, number>> = {
  192: 0,
  194: 0,
  195: 0,
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
}

/** The first byte of a value decides (MessagePack specification, "Formats"). */
const readValue = (walk: Walk, depth: number): Value => {
  const { cursor } = walk
  walk.values += 1
  if (walk.values % valuesPerCheck === 0) walk.inspection.budget.checkTime()
  if (walk.values > maximumValues) throw tooLarge(`${maximumValues} values`)
  if (depth > maximumDepth) {
    throw new StructureError(cursor.offset, `expected at most ${maximumDepth} levels, found more`)
  }
  const at = cursor.offset
  const first = cursor.u8()
  if (first < 0x80 || first >= 0xe0) return { start: at, length: 1 }
  if (first < 0x90) return readMap(walk, first & 0x0f, depth)
  if (first < 0xa0) return readArray(walk, first & 0x0f, depth)
  if (first < 0xc0) return readBytes(walk, first & 0x1f)
  const fixed = fixedLengths[first]
  if (fixed !== undefined) return readBytes(walk, fixed)
  if (first >= 0xc4 && first <= 0xc6) return readBytes(walk, lengthOf(cursor, 1 << (first - 0xc4)))
  if (first >= 0xc7 && first <= 0xc9) return readExtension(walk, lengthOf(cursor, 1 << (first - 0xc7)))
  if (first >= 0xd4 && first <= 0xd8) return readExtension(walk, 1 << (first - 0xd4))
  if (first >= 0xd9 && first <= 0xdb) return readBytes(walk, lengthOf(cursor, 1 << (first - 0xd9)))
  if (first === 0xdc || first === 0xdd) return readArray(walk, lengthOf(cursor, first === 0xdc ? 2 : 4), depth)
  if (first === 0xde || first === 0xdf) return readMap(walk, lengthOf(cursor, first === 0xde ? 2 : 4), depth)
  throw new StructureError(at, 'expected a value of MessagePack, found the byte 0xc1, which it never uses')
}

const inspectMsgpack = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  const cursor = createByteCursor(content, { isLittleEndian: false })
  const walk: Walk = { content, cursor, inspection, pickles: [], values: 0 }
  try {
    readValue(walk, 0)
    if (cursor.remaining > 0)
      throw new StructureError(cursor.offset, `expected the end, found ${cursor.remaining} bytes more`)
  } catch (error) {
    if (!(error instanceof StructureError)) throw error
    inspection.report({ rule: modelsRules.malformed, message: error.message, offset: error.offset })
  }
  for (const { start, length } of walk.pickles) {
    await inspection.enter({ name: 'objects', content: partOf(content, start, length), expected: 'pickle' })
  }
}

/** A map whose first key is a name: what else begins with these bytes has no text of the right length there. */
const recogniseMsgpack = ({ head }: Sample): Recognition => {
  const first = head[0] ?? 0
  const keyAt = first > 0x80 && first < 0x90 ? 1 : first === 0xde ? 3 : first === 0xdf ? 5 : 0
  if (keyAt === 0) return undefined
  const key = head[keyAt] ?? 0
  const isShort = key > 0xa0 && key < 0xc0
  // Texts of Python 2, and of readers that ask for bytes, are of type bin 8.
  const isCounted = key === 0xd9 || key === 0xc4
  if (!isShort && !isCounted) return undefined
  const start = keyAt + (isShort ? 1 : 2)
  const length = isShort ? key & 0x1f : (head[keyAt + 1] ?? 0)
  const name = Buffer.from(head.subarray(start, start + length)).toString('latin1')
  return name.length === length && /^[\x20-\x7e]+$/.test(name) ? 'likely' : undefined
}

/** MessagePack, in which Flax and other libraries of JAX keep weights. */
export const msgpackFormat: Format = {
  name: 'msgpack',
  title: 'MessagePack (Flax)',
  recognise: recogniseMsgpack,
  inspect: inspectMsgpack,
}
