import type { Budget } from '../budget.ts'
import { type ArgumentShape, type Opcode, opcodeOf } from '../pickle/opcodes.ts'
import type { ByteSource } from '../source.ts'
import { type ByteCursor, createByteCursor, StructureError } from '../wire/byte-cursor.ts'

/** One opcode of a pickle, as much as is needed to find where it ends. */
export interface PickleOperation {
  readonly opcode: Opcode
  /** Where its argument stands; of a counted argument, behind the count. */
  readonly argumentAt: number
  readonly argumentLength: number
}

const fixedLengths: Readonly<Partial<Record<ArgumentShape, number>>> = {
  none: 0,
  u1: 1,
  u2: 2,
  u4: 4,
  i4: 4,
  u8: 8,
  f8: 8,
}

/** A line that is longer is no argument: names and numbers are short, texts of protocol 0 some kilobytes (CWE-770). */
const maximumLineLength = 2 ** 20
const lineWindow = 4096

const skipLine = (content: ByteSource, cursor: ByteCursor): void => {
  for (let read = 0; read < maximumLineLength; read += lineWindow) {
    const window = content.read(cursor.offset, Math.min(lineWindow, cursor.remaining))
    const end = window.indexOf(0x0a)
    if (end >= 0) {
      cursor.skip(end + 1)
      return
    }
    cursor.skip(window.length)
    if (cursor.remaining === 0) break
  }
  throw new StructureError(cursor.offset, 'expected the end of a line in a pickle, found none')
}

/** Goes behind an argument. Answers where it begins, behind the count that it may have. */
const skipArgument = (shape: ArgumentShape, content: ByteSource, cursor: ByteCursor): number => {
  let length: number | bigint = fixedLengths[shape] ?? 0
  if (shape === 'length-u1') length = cursor.u8()
  else if (shape === 'length-u4') length = cursor.u32()
  else if (shape === 'length-i4') length = cursor.i32()
  else if (shape === 'length-u8') length = cursor.u64()
  const at = cursor.offset
  cursor.skip(length)
  if (shape === 'line' || shape === 'two-lines') skipLine(content, cursor)
  if (shape === 'two-lines') skipLine(content, cursor)
  return at
}

/** How many opcodes go by between two looks at the clock. */
const operationsPerCheck = 4096

/**
 * Follows a pickle from `start` to its STOP, which comes last. It tells where a pickle ends, not what it does.
 *
 * Throws {@link StructureError} where CPython's unpickler would not get to a STOP.
 */
export function* walkPickle(content: ByteSource, start: number, budget?: Budget): Generator<PickleOperation, void> {
  const cursor = createByteCursor(content, { start })
  for (let count = 1; ; count += 1) {
    if (count % operationsPerCheck === 0) budget?.checkTime()
    const code = cursor.u8()
    const opcode = opcodeOf[code]
    if (opcode === undefined) {
      throw new StructureError(cursor.offset - 1, `expected an opcode of pickle, found 0x${code.toString(16)}`)
    }
    const argumentAt = skipArgument(opcode.argument, content, cursor)
    yield { opcode, argumentAt, argumentLength: cursor.offset - argumentAt }
    if (opcode.name === 'STOP') return
  }
}

/** Where the pickle that begins at `start` ends, behind its STOP. Throws {@link StructureError}. */
export const endOfPickle = (content: ByteSource, start: number, budget?: Budget): number => {
  let end = start
  for (const { argumentAt, argumentLength } of walkPickle(content, start, budget)) end = argumentAt + argumentLength
  return end
}
