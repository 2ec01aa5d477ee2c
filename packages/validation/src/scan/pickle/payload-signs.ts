import { opcodeOf } from './opcodes.ts'

/** How a text or bytes inside a pickle opens. */
export type PayloadSign = 'pickle' | 'text pickle' | 'base64' | 'hexadecimal' | 'zlib' | 'gzip' | 'code'

/** Bytes that can be looked at one by one, -1 where there is none. */
interface Peekable {
  peek(ahead?: number): number
}

/** How far a text pickle's first line may go before it is taken for prose. */
const maximumFirstLine = 96

/** How many bytes are looked at. */
export const payloadSignLength = maximumFirstLine

const newline = 0x0a

const text = (...parts: string[]): ReadonlySet<string> => new Set(parts)

// The first characters of what is worth decoding: a pickle of protocol 0 to 5, one in text that begins with a global or a
// mark, zlib, gzip, and marshalled code.
const base64Openings = text('gA', 'Y2', 'Y3', 'KF', 'KG', 'eJ', 'eN', 'eA', 'H4', '4w', 'Yw')
const hexadecimalOpenings = text('8002', '8003', '8004', '8005', '1f8b', '789c', '78da', '7801', 'e300', '6300')
const zlibLevels: ReadonlySet<number> = new Set([0x01, 0x5e, 0x9c, 0xda])

const characters = (bytes: Peekable, count: number): string => {
  let shown = ''
  for (let index = 0; index < count; index += 1) shown += String.fromCharCode(Math.max(0, bytes.peek(index)))
  return shown
}

/** Whether a line ends near, before a byte that no text has. */
const hasLine = (bytes: Peekable): boolean => {
  for (let index = 1; index < maximumFirstLine; index += 1) {
    const byte = bytes.peek(index)
    if (byte === newline) return true
    if (byte < 0x20) return false
  }
  return false
}

/** Whether GLOBAL could stand here: the first line is nothing but a module. */
const isModuleLine = (bytes: Peekable): boolean => {
  for (let index = 1; index < maximumFirstLine; index += 1) {
    const byte = bytes.peek(index)
    if (byte === newline) return index > 1
    if (!/[\w.]/.test(String.fromCharCode(Math.max(0, byte)))) return false
  }
  return false
}

/** A code object of `marshal`: small counts, and after them the type of its bytecode. Python 2.3 to 3.14 differ in how many. */
const isCode = (bytes: Peekable): boolean => {
  for (const counts of [4, 5, 6]) {
    const type = bytes.peek(1 + 4 * counts)
    if (type !== 0x73 && type !== 0xf3) continue
    let isSmall = true
    for (let index = 0; index < counts; index += 1)
      isSmall &&= bytes.peek(4 + 4 * index) === 0 && bytes.peek(3 + 4 * index) === 0
    if (isSmall) return true
  }
  return false
}

/** What a first byte leaves possible; most rule everything out. */
const possible = new Uint8Array(256)
for (const first of '\x80c(\x78\x1fgYKeH48671\xe3') possible[first.charCodeAt(0)] = 1

/** Whether a first byte rules out that anything is hidden; -1 stands for one that is not at hand. */
export const isPlainStart = (first: number): boolean => first >= 0 && possible[first] === 0

/** What bytes open like, by their first few. */
export const payloadSignOf = (bytes: Peekable): PayloadSign | undefined => {
  const first = bytes.peek()
  if (first < 0 || isPlainStart(first)) return undefined
  const second = bytes.peek(1)
  switch (first) {
    case 0x80:
      return second >= 0 && second <= 5 && opcodeOf[bytes.peek(2)] !== undefined ? 'pickle' : undefined
    case 0x78:
      return zlibLevels.has(second) ? 'zlib' : undefined
    case 0x1f:
      return second === 0x8b ? 'gzip' : undefined
    case 0xe3:
      return isCode(bytes) ? 'code' : undefined
    case 0x63:
      if (isCode(bytes)) return 'code'
      return isModuleLine(bytes) ? 'text pickle' : undefined
    case 0x28:
      return opcodeOf[second] !== undefined && hasLine(bytes) ? 'text pickle' : undefined
    default:
      if (hexadecimalOpenings.has(characters(bytes, 4).toLowerCase())) return 'hexadecimal'
      return base64Openings.has(characters(bytes, 2)) ? 'base64' : undefined
  }
}

/** Bytes in memory, to be looked at. */
export const peekable = (bytes: Uint8Array): Peekable => ({ peek: (ahead = 0) => bytes[ahead] ?? -1 })
