import type { Opcode } from '../pickle/opcodes.ts'
import type { ByteSource } from '../source.ts'
import { StructureError } from '../wire/byte-cursor.ts'
import { walkPickle } from './pickle-walk.ts'

/** How Python writes these numbers; LONG4 and INT make them too, and Python never does so. */
const plainIntegers: readonly string[] = ['LONG1', 'LONG', 'BININT', 'BININT1', 'BININT2']
const otherIntegers: readonly string[] = ['LONG4', 'INT']
const framing: readonly string[] = ['PROTO', 'FRAME', 'STOP']

const maximumOperations = 12

/** What a pickle of one integer holds. */
export interface IntegerPickle {
  /** Nothing where it is no constant. */
  readonly value: bigint | undefined
  /** Whether it is one PROTO, perhaps a FRAME, the number and STOP, as Python writes it. */
  readonly isPlain: boolean
  readonly end: number
}

const parseInteger = (opcode: Opcode, argument: Uint8Array): bigint | undefined => {
  if (opcode.argument === 'line') {
    const digits = /^-?\d{1,40}(?=L?\s*$)/.exec(Buffer.from(argument).toString('latin1'))
    return digits === null ? undefined : BigInt(digits[0])
  }
  return argument.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n)
}

/** Reads a pickle of one integer at a place; nothing where another one stands. */
export const readInteger = (content: ByteSource, start: number): IntegerPickle | undefined => {
  let value: bigint | undefined
  let operations = 0
  let end = start
  let isPlain = true
  try {
    for (const { opcode, argumentAt, argumentLength } of walkPickle(content, start)) {
      operations += 1
      // A number needs four opcodes; what goes on is some other pickle, and every pickle comes by here.
      if (operations > maximumOperations || argumentLength > 64) return undefined
      const isPlainInteger = plainIntegers.includes(opcode.name)
      isPlain &&= framing.includes(opcode.name) || (isPlainInteger && value === undefined)
      if (isPlainInteger || otherIntegers.includes(opcode.name)) {
        value = parseInteger(opcode, content.read(argumentAt, argumentLength))
      }
      end = argumentAt + argumentLength
    }
    return { value, isPlain, end }
  } catch (error) {
    if (error instanceof StructureError) return undefined
    throw error
  }
}
