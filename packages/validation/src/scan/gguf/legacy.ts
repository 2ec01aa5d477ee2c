import { type Format, hasMagic } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { type Cursor, createCursor } from './cursor.ts'
import { elementTypes } from './element-types.ts'
import { Malformed } from './malformed.ts'
import { ggufRules as rules } from './rules.ts'

/** The numbers that describe a LLaMA model: vocabulary, embedding, multiple, heads, layers, rotation, file type. */
const llamaNumbers = 7
/** Those of a Whisper model, the file type last. */
const whisperNumbers = 11
/** Names of tensors are some tens of bytes. */
const maximumNameLength = 1024
const maximumDimensions = 4
/** Quantised elements have their present size since this version of GGJT. */
const settledVersion = 3

const refuse = (cursor: Cursor, expected: string, found: number): Malformed =>
  new Malformed({
    rule: rules['legacy-structure'],
    message: `expected ${expected}, found ${found}`,
    offset: cursor.offset,
  })

const skipBytes = (cursor: Cursor, length: number, what: string): void => {
  if (length > cursor.remaining)
    throw refuse(cursor, `${what} within the ${cursor.remaining} bytes that are left`, length)
  cursor.skip(length)
}

const skipVocabulary = (cursor: Cursor, count: number, scoreBytes: 0 | 4, inspection: Inspection): void => {
  if (count * (4 + scoreBytes) > cursor.remaining) throw refuse(cursor, 'a vocabulary within the file', count)
  for (let index = 0; index < count; index += 1) {
    if (index % 4096 === 0) inspection.budget.checkTime()
    skipBytes(cursor, cursor.uint32(), 'a token')
    cursor.skip(scoreBytes)
  }
}

/** Tensors follow each other to the end of the file, each behind its own description. */
const skipTensors = (cursor: Cursor, version: number, alignment: number, inspection: Inspection): void => {
  while (cursor.remaining > 0) {
    inspection.budget.takeEntry()
    const dimensions = cursor.uint32()
    const nameLength = cursor.uint32()
    const typeNumber = cursor.uint32()
    const type = elementTypes[typeNumber]
    if (dimensions > maximumDimensions) throw refuse(cursor, `at most ${maximumDimensions} dimensions`, dimensions)
    if (nameLength > maximumNameLength) throw refuse(cursor, 'the name of a tensor', nameLength)
    if (type === undefined) throw refuse(cursor, 'an element type of ggml', typeNumber)
    if (type.elements > 1 && version < settledVersion) {
      inspection.incomplete(`not scanned: quantised tensors of version ${version}, whose sizes changed since`)
      return
    }
    let elements = 1
    for (let index = 0; index < dimensions; index += 1) elements *= cursor.uint32()
    skipBytes(cursor, nameLength, 'a name')
    cursor.skip((alignment - (cursor.offset % alignment)) % alignment)
    skipBytes(cursor, Math.ceil(elements / type.elements) * type.bytes, 'a tensor')
  }
}

const skipNumbers = (cursor: Cursor, count: number): readonly number[] =>
  Array.from({ length: count }, () => cursor.uint32())

const readWhisper = (cursor: Cursor, inspection: Inspection): void => {
  const numbers = skipNumbers(cursor, whisperNumbers)
  const [rows = 0, columns = 0] = skipNumbers(cursor, 2)
  skipBytes(cursor, rows * columns * 4, 'mel filters')
  skipVocabulary(cursor, cursor.uint32(), 0, inspection)
  // Whisper puts the version of its quantisation into the thousands of the file type; its types are today's.
  skipTensors(cursor, (numbers.at(-1) ?? 0) >= 1000 ? settledVersion : 0, 1, inspection)
  inspection.refine('whisper-ggml')
}

const readLlama = (cursor: Cursor, inspection: Inspection): void => {
  const [vocabulary = 0] = skipNumbers(cursor, llamaNumbers)
  skipVocabulary(cursor, vocabulary, 0, inspection)
  skipTensors(cursor, 0, 1, inspection)
}

const readVersioned =
  (maximumVersion: number, alignment: number, hasVocabulary: boolean) =>
  (cursor: Cursor, inspection: Inspection): void => {
    const version = cursor.uint32()
    if (version < 1 || version > maximumVersion) throw refuse(cursor, `a version up to ${maximumVersion}`, version)
    if (hasVocabulary) {
      const [vocabulary = 0] = skipNumbers(cursor, llamaNumbers)
      skipVocabulary(cursor, vocabulary, 4, inspection)
    } else skipNumbers(cursor, 2)
    skipTensors(cursor, version, alignment, inspection)
  }

const start = (content: ByteSource): Cursor => createCursor(content, 4, { isLittleEndian: true, countBytes: 4 })

/** The first format had neither a version nor a name for what it holds: each program had its own layout. */
const inspectUnversioned = (content: ByteSource, inspection: Inspection): void => {
  for (const read of [readWhisper, readLlama]) {
    try {
      read(start(content), inspection)
      return
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
    }
  }
  inspection.incomplete('not scanned: the layout is neither that of llama.cpp nor that of whisper.cpp')
}

const inspectVersioned =
  (read: (cursor: Cursor, inspection: Inspection) => void) =>
  (content: ByteSource, inspection: Inspection): void => {
    try {
      read(start(content), inspection)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      inspection.report(error.sighting)
    }
  }

// The magic is a number that is stored with its last letter first.
const legacyFormat = (magic: string, name: string, title: string, inspect: Format['inspect']): Format => ({
  name,
  title,
  recognise: ({ head, text }) => (hasMagic(head, magic) && text === undefined ? 'certain' : undefined),
  inspect,
})

/** What ggml wrote before August 2023. */
export const legacyFormats: readonly Format[] = [
  legacyFormat('lmgg', 'ggml', 'GGML model without a version', inspectUnversioned),
  legacyFormat('fmgg', 'ggmf', 'GGMF model', inspectVersioned(readVersioned(1, 1, true))),
  legacyFormat('tjgg', 'ggjt', 'GGJT model', inspectVersioned(readVersioned(3, 32, true))),
  legacyFormat('algg', 'ggla', 'GGLA adapter', inspectVersioned(readVersioned(1, 32, false))),
]
