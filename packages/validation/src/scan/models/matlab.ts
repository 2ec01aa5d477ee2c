import { expandPart } from '../containers/expand-part.ts'
import { expandZlib } from '../containers/streams/deflate.ts'
import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { type ByteCursor, createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

// "MAT-File Format", MathWorks, level 5.

const headerLength = 128
const versionAt = 124
const maximumTagLength = 8

const elementTypes = { matrix: 14, compressed: 15 } as const

/** Classes of arrays whose values are more than numbers, texts and lists of them. */
const codeClasses: Readonly<Record<number, string>> = {
  3: 'an object',
  16: 'a function handle',
  17: 'an opaque object',
}
const cellClass = 1
const structureClass = 2
const objectClass = 3
const knownClasses = 17

/** Lists inside lists (CWE-674). */
const maximumDepth = 32

interface Element {
  readonly type: number
  readonly at: number
  readonly length: number
}

/** Reads the tag of an element and goes behind it: behind its padding too, which compressed ones have none of. */
const readElement = (cursor: ByteCursor): Element => {
  const word = cursor.u32()
  // Up to four bytes stand in the tag itself.
  if (word >>> 16 !== 0) {
    const at = cursor.offset
    const length = word >>> 16
    if (length > 4) throw new StructureError(at, `expected at most 4 bytes in a small element, found ${length}`)
    cursor.skip(4)
    return { type: word & 0xffff, at, length }
  }
  const length = cursor.u32()
  const at = cursor.offset
  cursor.skip(length)
  if (word !== elementTypes.compressed) cursor.skip(Math.min(cursor.remaining, (8 - (length % 8)) % 8))
  return { type: word, at, length }
}

interface Arrays {
  readonly content: ByteSource
  readonly isLittleEndian: boolean
  readonly inspection: Inspection
  readonly codes: Map<string, number>
}

const readArray = (arrays: Arrays, element: Element, depth: number): void => {
  const { content, isLittleEndian, inspection, codes } = arrays
  inspection.budget.takeEntry()
  inspection.budget.checkTime()
  if (depth > maximumDepth) {
    inspection.incomplete(`not scanned: lists of more than ${maximumDepth} levels`)
    return
  }
  // An array without any values, as writers put it for nothing.
  if (element.length === 0) return
  const cursor = createByteCursor(content, { start: element.at, end: element.at + element.length, isLittleEndian })
  const flagsAt = readElement(cursor).at
  const kind = createByteCursor(content, { start: flagsAt, isLittleEndian }).u32() & 0xff
  if (kind === 0 || kind > knownClasses) {
    throw new StructureError(flagsAt, `expected the class of an array, found ${kind}`)
  }
  const code = codeClasses[kind]
  if (code !== undefined && !codes.has(code)) codes.set(code, element.at)
  if (kind !== cellClass && kind !== structureClass && kind !== objectClass) return
  while (cursor.remaining >= maximumTagLength) {
    const inner = readElement(cursor)
    if (inner.type === elementTypes.matrix) readArray(arrays, inner, depth + 1)
  }
}

/** Reads the elements that stand one after another in a content. */
const inspectElements = async (
  content: ByteSource,
  start: number,
  isLittleEndian: boolean,
  inspection: Inspection,
): Promise<void> => {
  const codes = new Map<string, number>()
  const compressed: Element[] = []
  readStructure(inspection, modelsRules.malformed, () => {
    const cursor = createByteCursor(content, { start, isLittleEndian })
    while (cursor.remaining > 0) {
      const element = readElement(cursor)
      if (element.type === elementTypes.matrix) readArray({ content, isLittleEndian, inspection, codes }, element, 0)
      else if (element.type === elementTypes.compressed) {
        inspection.budget.takeEntry()
        compressed.push(element)
      } else throw new StructureError(element.at, `expected an array, found an element of type ${element.type}`)
    }
  })
  for (const [code, offset] of codes) {
    inspection.report({
      rule: modelsRules['matlab-code'],
      message: `expected numbers, texts and lists, found ${code}`,
      offset,
    })
  }
  for (const [index, { at, length }] of compressed.entries()) {
    const expansion = expandZlib(partOf(content, at, length))
    const expanded = await expandPart(expansion.chunks, inspection, `array ${index}`)
    if (expanded === undefined) continue
    const expected = `matlab-arrays-${isLittleEndian ? 'little' : 'big'}`
    await inspection.enter({ name: `array ${index}`, content: expanded, expected })
  }
}

const isLittleEndianAt = (head: Uint8Array): boolean | undefined => {
  if (hasMagic(head, [0, 1, 0x49, 0x4d], versionAt)) return true
  return hasMagic(head, [1, 0, 0x4d, 0x49], versionAt) ? false : undefined
}

/** What comes out of the compressed elements of a file, by the order of its bytes. */
const arrayFormats: readonly Format[] = [true, false].map((isLittleEndian) => ({
  name: `matlab-arrays-${isLittleEndian ? 'little' : 'big'}`,
  title: 'compressed arrays of MATLAB',
  recognise: () => undefined,
  inspect: (content, inspection) => inspectElements(content, 0, isLittleEndian, inspection),
}))

const matlab5Format: Format = {
  name: 'matlab-5',
  title: 'MATLAB file of level 5',
  recognise: ({ head }: Sample): Recognition =>
    hasMagic(head, 'MATLAB 5.0 MAT-file') && isLittleEndianAt(head) !== undefined ? 'certain' : undefined,
  inspect: (content, inspection) =>
    inspectElements(content, headerLength, isLittleEndianAt(content.read(0, headerLength)) ?? true, inspection),
}

/** What MATLAB and `scipy.io.savemat` write since MATLAB 5; files of 7.3 are HDF5 behind a user block. */
export const matlabFormats: readonly Format[] = [matlab5Format, ...arrayFormats]
