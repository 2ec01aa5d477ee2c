import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { type ByteSource, bytesSource } from '../source.ts'
import { type ByteCursor, createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { fieldsOfShape, type MessageTree, protobufFields, textOfField, walkMessages } from '../wire/protobuf.ts'
import { modelsRules } from './rules.ts'

/** `ProgramDesc` of `framework.proto`: blocks, versions. A block opens with its index and its parent's. */
const programShape = { 1: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'bytes' } as const
const blockShape = { 1: 'varint', 2: 'varint', 3: 'bytes', 4: 'bytes', 5: 'varint' } as const

const recogniseProgram = ({ head, content, text }: Sample): Recognition => {
  if (head[0] !== 0x0a || text !== undefined) return undefined
  const [block] = fieldsOfShape(content, programShape, { count: 4 }) ?? []
  if (block?.number !== 1) return undefined
  const fields = fieldsOfShape(content, blockShape, { start: block.start, end: block.end, count: 4 })
  const isBlock = fields?.[0]?.number === 1 && fields[1]?.number === 2 && fields.length > 2
  return isBlock ? 'likely' : undefined
}

/** Operators that call back into Python or load a library, by their type. */
const reachingOperators: ReadonlySet<string> = new Set(['py_func', 'py_layer', 'pylayer', 'run_program', 'custom_op'])

const tree: MessageTree = { program: { 1: 'block' }, block: { 4: 'operation' } }

const inspectProgram = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () =>
    walkMessages(
      content,
      tree,
      'program',
      (message, field) => {
        if (message !== 'operation' || field.number !== 3 || field.kind !== 'bytes') return
        const type = textOfField(content, field)
        if (!reachingOperators.has(type)) return
        inspection.report({
          rule: modelsRules['paddle-python-operator'],
          message: `expected operators of Paddle, found ${printable(type)}`,
          offset: field.start,
        })
      },
      () => inspection.budget.checkTime(),
    ),
  )
}

/** A program of PaddlePaddle, `.pdmodel`. */
export const paddleProgramFormat: Format = {
  name: 'paddle-program',
  title: 'PaddlePaddle program',
  recognise: recogniseProgram,
  inspect: inspectProgram,
}

/** Bytes of one element of each `VarType.Type`. */
const elementSizes: Readonly<Record<number, number>> = {
  0: 1,
  1: 2,
  2: 4,
  3: 8,
  4: 2,
  5: 4,
  6: 8,
  20: 1,
  21: 1,
  22: 2,
  23: 8,
  24: 16,
}

/** Dimensions and levels of one tensor (CWE-770). */
const maximumLevels = 16n
const maximumDescriptionLength = 1024

/** One tensor as `SerializeToStream` of Paddle writes it. Throws {@link StructureError}. */
const readTensor = (content: ByteSource, cursor: ByteCursor): void => {
  const at = cursor.offset
  if (cursor.u32() !== 0) throw new StructureError(at, 'expected version 0 of a tensor')
  const levels = cursor.u64()
  if (levels > maximumLevels) throw new StructureError(at + 4, `expected at most 16 levels, found ${levels}`)
  for (let level = 0n; level < levels; level += 1n) cursor.skip(cursor.u64())
  if (cursor.u32() !== 0) throw new StructureError(cursor.offset - 4, 'expected version 0 of a tensor')
  const length = cursor.u32()
  if (length > maximumDescriptionLength)
    throw new StructureError(cursor.offset - 4, `expected a description, found ${length} bytes`)
  let elements = 1n
  let size: number | undefined
  for (const { number, kind, value } of protobufFields(content, cursor.offset, cursor.offset + length)) {
    if (kind !== 'varint') throw new StructureError(cursor.offset, 'expected a type and dimensions')
    if (number === 1) size = elementSizes[value]
    else elements *= BigInt(value)
  }
  if (size === undefined) throw new StructureError(cursor.offset, 'expected a type of elements that is known')
  cursor.skip(length)
  cursor.skip(elements * BigInt(size))
}

const recogniseParameters = ({ head }: Sample): Recognition => {
  // Version, levels and version again are zero; a description of a type and some dimensions follows.
  if (head.length < 24 || head.subarray(0, 16).some((byte) => byte !== 0)) return undefined
  const length = head[16] ?? 0
  if (length < 4 || length > 64 || head[17] !== 0 || head[18] !== 0 || head[19] !== 0 || head[20] !== 0x08)
    return undefined
  const shape = { 1: 'varint', 2: 'varint' } as const
  return fieldsOfShape(bytesSource(head), shape, { start: 20, end: 20 + length }) === undefined ? undefined : 'likely'
}

const inspectParameters = (content: ByteSource, inspection: Inspection): void => {
  const cursor = createByteCursor(content)
  readStructure(inspection, modelsRules.malformed, () => {
    while (cursor.remaining > 0) {
      inspection.budget.takeEntry()
      readTensor(content, cursor)
    }
  })
}

/** Weights of PaddlePaddle, `.pdiparams`. */
export const paddleParametersFormat: Format = {
  name: 'paddle-parameters',
  title: 'PaddlePaddle weights',
  recognise: recogniseParameters,
  inspect: inspectParameters,
}
