import type { Budget } from '../budget.ts'
import { type Format, hasMagic, type Recognition, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { createByteCursor, readStructure, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'
import { binaryPrimitives, elementOf, type Torch7Primitives } from './torch7-primitives.ts'
import { createTextNumbers } from './torch7-text.ts'

/** The types of `File.lua` of torch7. */
const types = { nil: 0, number: 1, text: 2, table: 3, object: 4, boolean: 5, function: 6 } as const
/** Functions with upvalues, before and after a fix: 7 and 8. */
const recursiveFunctions: readonly number[] = [7, 8]

/** Tables inside tables (CWE-674), objects of one file (CWE-770). */
const maximumDepth = 200
const maximumObjects = 5_000_000
const objectsPerCheck = 4096
const maximumNameLength = 256

interface Walk {
  readonly from: Torch7Primitives
  readonly seen: Set<number>
  readonly inspection: Inspection
  readonly budget: Budget
  objects: number
}

const readText = ({ from }: Walk): string => {
  const length = from.integer()
  if (length < 0) throw new StructureError(from.offset, `expected the length of a text, found ${length}`)
  if (length <= maximumNameLength) return from.text(length)
  const text = from.text(maximumNameLength)
  from.skipText(length - maximumNameLength)
  return text
}

const readFunction = (walk: Walk, depth: number): void => {
  const { from, inspection } = walk
  const at = from.offset
  const length = from.integer()
  inspection.report({
    rule: modelsRules['torch7-function'],
    message: `expected layers and tensors, found a compiled function of ${length} bytes`,
    offset: at,
  })
  from.skipText(length)
  readObject(walk, depth + 1)
}

/** Dimensions of one tensor; torch7 sets no limit, nobody uses more (CWE-770). */
const maximumDimensions = 64

const readTorchObject = (walk: Walk, depth: number): void => {
  const { from } = walk
  const first = readText(walk)
  const className = /^V \d+$/.test(first) ? readText(walk) : first
  const element = elementOf(className)
  if (element !== undefined && className.endsWith('Storage')) {
    from.skipElements(className, from.long())
    return
  }
  if (element !== undefined) skipTensorHeader(from)
  // What an object holds follows it: the storage of a tensor, the fields of a layer.
  readObject(walk, depth + 1)
}

/** Dimensions, their sizes and strides, and the place in the storage. */
const skipTensorHeader = (from: Torch7Primitives): void => {
  const dimensions = from.integer()
  if (dimensions < 0 || dimensions > maximumDimensions) {
    throw new StructureError(from.offset, `expected at most ${maximumDimensions} dimensions, found ${dimensions}`)
  }
  for (let index = 0; index < 2 * dimensions + 1; index += 1) from.long()
}

const readObject = (walk: Walk, depth: number): void => {
  const { from, budget } = walk
  walk.objects += 1
  if (walk.objects % objectsPerCheck === 0) budget.checkTime()
  if (walk.objects > maximumObjects) throw tooLarge(`${maximumObjects} objects`)
  if (depth > maximumDepth) {
    throw new StructureError(from.offset, `expected at most ${maximumDepth} levels, found more`)
  }
  const at = from.offset
  const type = from.integer()
  if (type === types.number) from.skipNumber()
  else if (type === types.boolean) from.integer()
  else if (type === types.text) readText(walk)
  else if (type !== types.nil) readShared(walk, type, depth, at)
}

/** Functions, tables and objects have a number, and stand in the file where it comes first. */
const readShared = (walk: Walk, type: number, depth: number, at: number): void => {
  const { from, seen } = walk
  const isFunction = type === types.function || recursiveFunctions.includes(type)
  if (!isFunction && type !== types.table && type !== types.object) {
    throw new StructureError(at, `expected a type of torch7, found ${type}`)
  }
  const index = from.integer()
  if (seen.has(index)) return
  seen.add(index)
  if (isFunction) readFunction(walk, depth)
  else if (type === types.object) readTorchObject(walk, depth)
  else readTable(walk, depth)
}

const readTable = (walk: Walk, depth: number): void => {
  const size = walk.from.integer()
  for (let entry = 0; entry < size; entry += 1) {
    readObject(walk, depth + 1)
    readObject(walk, depth + 1)
  }
}

const inspectFrom = (from: Torch7Primitives, inspection: Inspection): void => {
  const walk: Walk = { from, seen: new Set(), inspection, budget: inspection.budget, objects: 0 }
  readStructure(inspection, modelsRules.malformed, () => readObject(walk, 0))
}

/** A table or an object with index 1, as every file begins; the version of an object is `V 1`. */
const recogniseBinary = ({ head }: Sample): Recognition => {
  if (hasMagic(head, [4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0x56, 0x20])) return 'certain'
  const isTable = hasMagic(head, [3, 0, 0, 0, 1, 0, 0, 0]) && head[10] === 0 && head[11] === 0
  // The first key of a table is a text or a number.
  return isTable && (hasMagic(head, [2, 0, 0, 0], 12) || hasMagic(head, [1, 0, 0, 0, 0, 0], 12)) ? 'likely' : undefined
}

/** A file that `torch.save` of Lua wrote, `.t7`. */
export const torch7Format: Format = {
  name: 'torch7',
  title: 'Torch7 file',
  recognise: recogniseBinary,
  inspect: (content, inspection) => inspectFrom(binaryPrimitives(createByteCursor(content)), inspection),
}

const recogniseText = ({ head, text }: Sample): Recognition => {
  if (text === undefined) return undefined
  const opening = Buffer.from(head.subarray(0, 64)).toString('latin1')
  return /^4\n1\n3\nV 1\n\d+\n/.test(opening) || /^3\n1\n\d+\n[12]\n/.test(opening) ? 'certain' : undefined
}

const inspectText = (content: ByteSource, inspection: Inspection): void => {
  if (content.size > inspection.limits.heldBytes) {
    inspection.incomplete('not scanned: a text file of Torch7 that is too long to be held')
    return
  }
  inspectFrom(createTextNumbers(content.read(0, content.size)), inspection)
}

/** The same in text. */
export const torch7TextFormat: Format = {
  name: 'torch7-text',
  title: 'Torch7 file in text',
  recognise: recogniseText,
  inspect: inspectText,
}
