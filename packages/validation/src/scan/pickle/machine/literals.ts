import type { ByteSource } from '../../source.ts'
import { opcodeOf } from '../opcodes.ts'
import { decodeUtf8, parseQuoted, parseRawUnicode } from '../python-text.ts'
import type { Value } from './cells.ts'

/** Where the bytes of a literal stand. */
export interface Extent {
  readonly offset: number
  readonly length: number
}

const lengthBytes = { 'length-u1': 1, 'length-u4': 4, 'length-i4': 4, 'length-u8': 8 } as const

/** A longest line that is read as one; no name and no number is longer. */
const maximumLine = 2 ** 16

const newline = 0x0a

/** The same bytes, with the methods of a Buffer. */
export const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** The name of the opcode that wrote a literal. */
export const literalOpcode = (content: ByteSource, value: Value): string =>
  opcodeOf[content.read(value, 1)[0] ?? 0]?.name ?? ''

/** Where the operand of the literal stands: its bytes, or its line. */
export const extentOf = (content: ByteSource, value: Value): Extent => {
  const head = content.read(value, 9)
  const shape = opcodeOf[head[0] ?? 0]?.argument ?? 'none'
  if (shape === 'line') {
    const end = content.read(value + 1, maximumLine).indexOf(newline)
    return { offset: value + 1, length: end < 0 ? maximumLine : end }
  }
  if (!(shape in lengthBytes)) return { offset: value, length: 0 }
  const width = lengthBytes[shape as keyof typeof lengthBytes]
  let length = 0
  for (let index = width; index > 0; index -= 1) length = length * 256 + (head[index] ?? 0)
  return { offset: value + 1 + width, length }
}

const texts = new Set([
  'STRING',
  'BINSTRING',
  'SHORT_BINSTRING',
  'UNICODE',
  'BINUNICODE',
  'SHORT_BINUNICODE',
  'BINUNICODE8',
])
const byteStrings = new Set(['BINBYTES', 'SHORT_BINBYTES', 'BINBYTES8', 'BYTEARRAY8'])

/** Whether a literal is a text. Python 2 wrote its byte strings as such too. */
export const isText = (content: ByteSource, value: Value): boolean => texts.has(literalOpcode(content, value))

/** The text of a literal, at most `maximum` bytes of it; nothing when it is no text or Python refuses it. */
export const textOf = (content: ByteSource, value: Value, maximum: number): string | undefined => {
  const opcode = literalOpcode(content, value)
  if (!texts.has(opcode)) return undefined
  const { offset, length } = extentOf(content, value)
  const bytes = viewOf(content.read(offset, Math.min(length, maximum)))
  if (opcode === 'STRING') return parseQuoted(bytes.toString('latin1'))
  if (opcode === 'UNICODE') return parseRawUnicode(bytes.toString('latin1'))
  const text = decodeUtf8(bytes)
  // Which encoding a text of Python 2 has is up to who loads it.
  return text === undefined && opcode.includes('BINSTRING') ? bytes.toString('latin1') : text
}

/** Where the bytes of a literal stand, when it is bytes or a text that is written as its bytes. */
export const bytesOf = (content: ByteSource, value: Value): Extent | undefined => {
  const opcode = literalOpcode(content, value)
  const isVerbatim = byteStrings.has(opcode) || (texts.has(opcode) && opcode !== 'STRING' && opcode !== 'UNICODE')
  return isVerbatim ? extentOf(content, value) : undefined
}

/** The number of a small whole-number literal, or nothing. */
export const integerOf = (content: ByteSource, value: Value): number | undefined => {
  const head = Buffer.from(content.read(value, 10))
  switch (literalOpcode(content, value)) {
    case 'BININT1':
      return head[1]
    case 'BININT2':
      return head.readUInt16LE(1)
    case 'BININT':
      return head.readInt32LE(1)
    case 'LONG1': {
      const length = head[1] ?? 0
      return length >= 1 && length <= 6 && head.length >= 2 + length
        ? head.readIntLE(2, length)
        : length === 0
          ? 0
          : undefined
    }
    case 'INT':
    case 'LONG': {
      const { offset, length } = extentOf(content, value)
      const line = Buffer.from(content.read(offset, Math.min(length, 32))).toString('latin1')
      return /^-?\d+L?$/.test(line) ? Number.parseInt(line, 10) : undefined
    }
    default:
      return undefined
  }
}
