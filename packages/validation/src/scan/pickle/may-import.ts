import type { ByteSource } from '../source.ts'
import type { Effort } from './effort.ts'
import { opcodeOf } from './opcodes.ts'

const window = 256

const operandWidths = { none: 0, u1: 1, u2: 2, u4: 4, u8: 8, i4: 4, f8: 8 } as const
const lengthWidths = { 'length-u1': 1, 'length-u4': 4, 'length-i4': 4, 'length-u8': 8 } as const

const stop = 0x2e
const imports: ReadonlySet<number> = new Set([0x63, 0x69, 0x93])

/** Whether opcodes lead to an import, or on beyond the next bytes: far cheaper than a machine, for places by the million. */
export const mayImport = (content: ByteSource, offset: number, effort: Effort): boolean => {
  const bytes = content.read(offset, window)
  let at = 0
  while (at < bytes.length && effort.take(1)) {
    const code = bytes[at] as number
    const opcode = opcodeOf[code]
    if (opcode === undefined || code === stop) return false
    if (imports.has(code)) return true
    at += 1
    const shape = opcode.argument
    if (shape in operandWidths) at += operandWidths[shape as keyof typeof operandWidths]
    else if (shape in lengthWidths) {
      const width = lengthWidths[shape as keyof typeof lengthWidths]
      let length = 0
      for (let index = width - 1; index >= 0; index -= 1) length = length * 256 + (bytes[at + index] ?? 0)
      at += width + length
    } else at = bytes.indexOf(0x0a, at) + 1 || bytes.length
  }
  return bytes.length === window && offset + at < content.size
}
