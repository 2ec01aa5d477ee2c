import { hasMagic } from '../format.ts'
import type { BytePair } from './byte-pairs.ts'

/** What may begin at a place of a sweep. */
export type Marked = 'program' | 'archive' | 'pickle'

/** A pair of bytes, and what it is a sign of. */
interface Marker {
  readonly pair: BytePair
  readonly kind: Marked
  /** How far before the pair the marked content begins; nothing where that has to be looked for. */
  readonly before: number | undefined
}

const pairOf = (text: string): BytePair => [text.charCodeAt(0), text.charCodeAt(1)]

/** Modules that a pickle of text names in its GLOBAL opcode; only the end of the line can be swept for. */
const modules = ['os', 'posix', 'nt', 'sys', 'subprocess', 'builtins', '__builtin__', 'runpy', 'pty', 'socket']

const moduleEnds = [...new Set(modules.map((name) => `${name.at(-1)}\n`))]

/** Every sign that a sweep looks for. */
export const markers: readonly Marker[] = [
  ...['\x7fE', 'MZ', '\xcf\xfa', '\xce\xfa', '\xfe\xed', '\xca\xfe', '\0a'].map((text) => ({
    pair: pairOf(text),
    kind: 'program' as const,
    before: 0,
  })),
  { pair: pairOf('x\n'), kind: 'program', before: 2 },
  { pair: pairOf('PK'), kind: 'archive', before: 0 },
  ...[2, 3, 4, 5].map((protocol) => ({ pair: [0x80, protocol] as const, kind: 'pickle' as const, before: 0 })),
  ...moduleEnds.map((text) => ({ pair: pairOf(text), kind: 'pickle' as const, before: undefined })),
]

/** How far around a pair {@link markedAt} looks. */
export const markedWindow = { before: 16, after: 64 } as const

/** The opcodes that writers of pickles put after PROTO: a frame, a container, a text, a global. */
const firstOpcodes = new Set([...Buffer.from(']}(NcXUKJG)l\x8c\x8e\x95\x8f\x94', 'latin1')])

const isPickleStart = (window: Uint8Array, at: number): boolean =>
  window[at] === 0x80 && firstOpcodes.has(window[at + 2] ?? 0)

/** Where the GLOBAL or INST opcode stands whose module ends at `end`. */
const globalBefore = (window: Uint8Array, end: number): number | undefined => {
  for (const name of modules) {
    const start = end - name.length
    const opcode = window[start - 1]
    if (start > 0 && (opcode === 0x63 || opcode === 0x69) && hasMagic(window, name, start)) return start - 1
  }
  return undefined
}

/** Local headers of zip: a version up to 6.3, a known flag or method, and a name that is short. */
const isArchiveStart = (window: Uint8Array, at: number): boolean => {
  if (!hasMagic(window, 'PK\x03\x04', at) || window.length < at + 30) return false
  const [version = 0, , , flags = 0, method = 0, methodHigh = 0] = window.subarray(at + 4, at + 10)
  const nameLength = (window[at + 26] ?? 0) | ((window[at + 27] ?? 0) << 8)
  return (
    version <= 63 && (flags & 0xd0) === 0 && method <= 99 && methodHigh === 0 && nameLength > 0 && nameLength < 1024
  )
}

const byPair = new Map<number, Marker[]>()
for (const marker of markers) {
  const key = (marker.pair[0] << 8) | marker.pair[1]
  byPair.set(key, [...(byPair.get(key) ?? []), marker])
}

/** What begins around a pair, by the bytes that are near: enough to turn away chance. Where it begins, in `bytes`. */
export const markedAt = (bytes: Uint8Array, at: number): { readonly kind: Marked; readonly at: number } | undefined => {
  for (const { kind, before } of byPair.get(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) ?? []) {
    const start = before === undefined ? globalBefore(bytes, at + 1) : at - before
    if (start === undefined || start < 0) continue
    if (kind === 'pickle' && before !== undefined && !isPickleStart(bytes, start)) continue
    if (kind === 'archive' && !isArchiveStart(bytes, start)) continue
    if (kind === 'program' && !opensProgram(bytes, start)) continue
    return { kind, at: start }
  }
  return undefined
}

const magics = [
  '\x7fELF',
  'MZ',
  '\xcf\xfa\xed\xfe',
  '\xce\xfa\xed\xfe',
  '\xfe\xed\xfa',
  '\xca\xfe\xba\xbe',
  '\0asm',
  'dex\n',
]

/** The magic alone, or for the two bytes of PE the whole header as far as it is near. */
const opensProgram = (window: Uint8Array, at: number): boolean => {
  if (!magics.some((magic) => hasMagic(window, magic, at))) return false
  if (window[at] !== 0x4d || window.length < at + 0x40) return true
  // The offset of the real header: DOS stubs are short, and chance is a large number.
  const [low = 0, middle = 0, high = 0, highest = 0] = window.subarray(at + 0x3c, at + 0x40)
  const header = low | (middle << 8)
  return high === 0 && highest === 0 && header >= 0x40 && header < 4090
}
