import type { Budget } from '../budget.ts'
import type { ByteSource } from '../source.ts'
import { type ByteCursor, createByteCursor, StructureError, tooLarge } from '../wire/byte-cursor.ts'

/** What a reviewer wants to know of compiled code: what it names, of all its functions together. */
export interface CompiledCode {
  /** Names that the code loads, calls and imports. */
  readonly names: ReadonlySet<string>
  /** Where it ends. */
  readonly end: number
}

/** The fields of a code object in CPython's `Python/marshal.c`, which changed thrice. */
interface CodeLayout {
  /** Integers of four bytes at its start. */
  readonly integers: number
  /** Objects up to the number of the first line, and behind it. */
  readonly objects: readonly [number, number]
  /** Which of the objects is `co_names`. */
  readonly names: number
}

const codeLayouts: readonly CodeLayout[] = [
  { integers: 5, objects: [8, 2], names: 2 }, // 3.11 and later
  { integers: 6, objects: [8, 1], names: 2 }, // 3.8 to 3.10
  { integers: 5, objects: [8, 1], names: 2 }, // 3.0 to 3.7
  { integers: 4, objects: [8, 1], names: 2 }, // 2.x
]

/** `MAX_MARSHAL_STACK_DEPTH` of CPython is 2000; code of people stays below 100 (CWE-674). */
const maximumDepth = 200
/** Objects of one content (CWE-770). */
const maximumObjects = 2_000_000
const objectsPerCheck = 4096
/** Names that are kept. */
const maximumNames = 1000

interface Reader {
  readonly cursor: ByteCursor
  readonly layout: CodeLayout
  readonly budget: Budget
  readonly names: Set<string>
  objects: number
}

/** The type bytes of `Python/marshal.c`, each with what follows it. */
const fixedLengths: Readonly<Record<string, number>> = {
  N: 0,
  F: 0,
  T: 0,
  S: 0,
  '.': 0,
  '0': 0,
  i: 4,
  I: 8,
  g: 8,
  y: 16,
  r: 4,
  R: 4,
}
const longTexts = 'sutaA'
const shortTexts = 'zZ'
const longSequences = '([<>'

const readCode = (reader: Reader, depth: number): void => {
  const { cursor, layout } = reader
  cursor.skip(layout.integers * 4)
  const [before, after] = layout.objects
  for (let index = 0; index < before; index += 1) {
    const texts = readObject(reader, depth + 1)
    if (index === layout.names) for (const text of texts) if (reader.names.size < maximumNames) reader.names.add(text)
  }
  cursor.skip(4)
  for (let index = 0; index < after; index += 1) readObject(reader, depth + 1)
}

/** Reads one object. Answers the texts that it is or that it is a tuple of: that is what names are. */
const readObject = (reader: Reader, depth: number): readonly string[] => {
  const { cursor } = reader
  reader.objects += 1
  if (reader.objects % objectsPerCheck === 0) reader.budget.checkTime()
  if (reader.objects > maximumObjects) throw tooLarge(`${maximumObjects} objects`)
  if (depth > maximumDepth) {
    throw new StructureError(cursor.offset, `expected at most ${maximumDepth} levels, found more`)
  }
  const at = cursor.offset
  const type = String.fromCharCode(cursor.u8() & 0x7f)
  const fixed = fixedLengths[type]
  if (fixed !== undefined) {
    cursor.skip(fixed)
    return []
  }
  if (longTexts.includes(type)) return [cursor.text(cursor.u32())]
  if (shortTexts.includes(type)) return [cursor.text(cursor.u8())]
  if (type === 'l') {
    cursor.skip(Math.abs(cursor.i32()) * 2)
    return []
  }
  if (type === 'f' || type === 'x') {
    cursor.skip(cursor.u8())
    if (type === 'x') cursor.skip(cursor.u8())
    return []
  }
  if (type === 'c') {
    readCode(reader, depth)
    return []
  }
  if (type === '{') {
    while (cursor.remaining > 0 && (reader.cursor.u8() & 0x7f) !== 0x30) {
      cursor.seek(cursor.offset - 1)
      readObject(reader, depth + 1)
      readObject(reader, depth + 1)
    }
    return []
  }
  let count: number
  if (type === ')') count = cursor.u8()
  else if (longSequences.includes(type)) count = cursor.u32()
  else if (type === ':') count = 3
  else throw new StructureError(at, `expected an object of marshal, found type byte ${JSON.stringify(type)}`)
  const texts: string[] = []
  for (let index = 0; index < count; index += 1) texts.push(...readObject(reader, depth + 1).slice(0, 1))
  return texts
}

/**
 * Reads one object of Python's marshal without making it. The layout of code changed between versions and the data do
 * not name theirs: the layout with which the content can be read to an end is taken. Nothing where there is none.
 */
export const readMarshal = (content: ByteSource, start: number, budget: Budget): CompiledCode | undefined => {
  for (const layout of codeLayouts) {
    const cursor = createByteCursor(content, { start })
    const reader: Reader = { cursor, layout, budget, names: new Set(), objects: 0 }
    try {
      readObject(reader, 0)
      return { names: reader.names, end: cursor.offset }
    } catch (error) {
      if (!(error instanceof StructureError)) throw error
    }
  }
  return undefined
}
