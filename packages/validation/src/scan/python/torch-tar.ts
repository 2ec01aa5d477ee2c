import type { Format } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { type ByteSource, partOf } from '../source.ts'
import { type ByteCursor, createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { readInteger } from './integer-pickle.ts'
import { endOfPickle, walkPickle } from './pickle-walk.ts'
import { pythonRules } from './rules.ts'
import { storageElementSize } from './torch-storages.ts'

// torch 0.1 wrote a tar, and `legacy_load` of torch/serialization.py reads it still: pickles stand between the raw bytes.

const maximumDimensions = 64
const maximumNameLength = 256

/** What a pickle of constants and one class is made of: without POP or REDUCE the class that it names is the one it gives. */
const plainOperations =
  /^(?:PROTO|FRAME|STOP|MARK|TUPLE3?|GLOBAL|MEMOIZE|(?:LONG_)?BIN(?:PUT|GET)|PUT|GET|INT|LONG1?|BININT[12]?|(?:SHORT_)?BINUNICODE|UNICODE|(?:SHORT_)?BINSTRING|STRING)$/

/** Reads the entries of a tar of torch from front to back. */
interface EntryReader {
  readonly cursor: ByteCursor
  /** A pickle, which torch loads. Answers where it began. */
  pickle(name: string): number
  /** A pickle that must be a number as Python writes it. */
  count(name: string): number
}

interface Reading {
  readonly cursor: ByteCursor
  readonly pickles: { readonly name: string; readonly start: number; readonly end: number }[]
}

const createEntryReader = (content: ByteSource, { cursor, pickles }: Reading, inspection: Inspection): EntryReader => {
  const pickle = (name: string): number => {
    inspection.budget.takeEntry()
    const start = cursor.offset
    // It runs up to the place where it breaks off.
    pickles.push({ name, start, end: content.size })
    const end = endOfPickle(content, start, inspection.budget)
    pickles[pickles.length - 1] = { name, start, end }
    cursor.seek(end)
    return start
  }
  return {
    cursor,
    pickle,
    count(name) {
      const start = pickle(name)
      const number = readInteger(content, start)
      if (number?.value === undefined || !number.isPlain || number.value < 0n) {
        throw new StructureError(start, `expected the ${name} as a plain constant, found something else`)
      }
      return Number(number.value)
    },
  }
}

/** The size of an element of the one storage class that a pickle names. */
const readElementSize = (content: ByteSource, start: number): number => {
  const globals: string[] = []
  let isPlain = true
  for (const { opcode, argumentAt, argumentLength } of walkPickle(content, start)) {
    isPlain &&= plainOperations.test(opcode.name)
    if (opcode.name !== 'GLOBAL' || globals.length > 1) continue
    globals.push(Buffer.from(content.read(argumentAt, Math.min(argumentLength, maximumNameLength))).toString('latin1'))
  }
  const [global = '', ...others] = globals
  const size = storageElementSize(global)
  if (isPlain && others.length === 0 && size !== undefined) return size
  throw new StructureError(start, 'expected a key, a place and one storage class, found something else')
}

const readStorages = (content: ByteSource, reader: EntryReader): void => {
  const count = reader.count('number of storages')
  for (let index = 0; index < count; index += 1) {
    const size = readElementSize(content, reader.pickle(`storage ${index}`))
    reader.cursor.skip(BigInt.asIntN(64, reader.cursor.u64()) * BigInt(size))
  }
  reader.pickle('storage views')
}

const readTensors = (_content: ByteSource, reader: EntryReader): void => {
  const count = reader.count('number of tensors')
  for (let index = 0; index < count; index += 1) {
    reader.pickle(`tensor ${index}`)
    const dimensions = reader.cursor.i32()
    if (dimensions < 0 || dimensions > maximumDimensions) {
      throw new StructureError(reader.cursor.offset, `expected a number of dimensions, found ${dimensions}`)
    }
    // The number is padded to 8 bytes; sizes, strides and the offset follow.
    reader.cursor.skip(4 + 8 * (2 * dimensions + 1))
  }
}

const inspectBy =
  (read: (content: ByteSource, reader: EntryReader) => void): Format['inspect'] =>
  async (content, inspection) => {
    const cursor = createByteCursor(content)
    const reading: Reading = { cursor, pickles: [] }
    const isRead = readStructure(inspection, pythonRules['torch-legacy-malformed'], () =>
      read(content, createEntryReader(content, reading, inspection)),
    )
    for (const { name, start, end } of reading.pickles) {
      await inspection.enter({ name, content: partOf(content, start, end - start), expected: 'pickle' })
    }
    if (cursor.remaining === 0) return
    if (isRead) {
      inspection.report({
        rule: pythonRules['torch-legacy-trailing-data'],
        message: `expected the end after the last item, found ${cursor.remaining} bytes more`,
        offset: cursor.offset,
      })
    } else {
      inspection.incomplete('not read to the end: what torch unpickles behind the break is not known')
    }
    const rest = partOf(content, cursor.offset, cursor.remaining)
    await inspection.enter({ name: isRead ? 'trailing data' : 'rest', content: rest })
  }

/** The entries of a tar of torch 0.1 in which pickles and raw bytes take turns; their place in the tar tells them. */
export const torchTarFormats: readonly Format[] = [
  {
    name: 'torch-tar-storages',
    title: 'storages of a PyTorch tar',
    recognise: () => undefined,
    inspect: inspectBy(readStorages),
  },
  {
    name: 'torch-tar-tensors',
    title: 'tensors of a PyTorch tar',
    recognise: () => undefined,
    inspect: inspectBy(readTensors),
  },
]
