import { lookAlikes } from './look-alikes.ts'

/** The last code point that is one UTF-16 unit. */
export const lastOfBasicPlane = 0xffff

/** What a character is to a reader, as far as it may deceive one. */
export const characterClass = {
  plain: 0,
  latin: 1,
  /** A letter of another alphabet that looks like one of ASCII. */
  lookAlike: 2,
  otherLetter: 3,
  lineEnd: 4,
  control: 5,
  zeroWidth: 6,
  joiner: 7,
  directionMark: 8,
  embedding: 9,
  override: 10,
  isolate: 11,
  popEmbedding: 12,
  popIsolate: 13,
  variation: 14,
  mark: 15,
  scriptMark: 16,
  filler: 17,
  noncharacter: 18,
  surrogate: 19,
  tag: 20,
} as const

const basicRanges: readonly (readonly [first: number, last: number, kind: number])[] = [
  [0x00, 0x08, characterClass.control],
  [0x0a, 0x0a, characterClass.lineEnd],
  [0x0b, 0x0b, characterClass.control],
  [0x0d, 0x0d, characterClass.lineEnd],
  [0x0e, 0x1f, characterClass.control],
  [0x7f, 0x9f, characterClass.control],
  [0xad, 0xad, characterClass.zeroWidth],
  [0x34f, 0x34f, characterClass.filler],
  [0x61c, 0x61c, characterClass.directionMark],
  [0x115f, 0x1160, characterClass.filler],
  [0x17b4, 0x17b5, characterClass.filler],
  [0x180b, 0x180d, characterClass.variation],
  [0x180e, 0x180e, characterClass.zeroWidth],
  [0x180f, 0x180f, characterClass.variation],
  [0x200b, 0x200b, characterClass.zeroWidth],
  [0x200c, 0x200d, characterClass.joiner],
  [0x200e, 0x200f, characterClass.directionMark],
  [0x2028, 0x2029, characterClass.lineEnd],
  [0x202a, 0x202b, characterClass.embedding],
  [0x202c, 0x202c, characterClass.popEmbedding],
  [0x202d, 0x202e, characterClass.override],
  [0x2060, 0x2065, characterClass.zeroWidth],
  [0x2066, 0x2068, characterClass.isolate],
  [0x2069, 0x2069, characterClass.popIsolate],
  [0x206a, 0x206f, characterClass.filler],
  [0x2800, 0x2800, characterClass.filler],
  [0x3164, 0x3164, characterClass.filler],
  [0xd800, 0xdfff, characterClass.surrogate],
  [0xfdd0, 0xfdef, characterClass.noncharacter],
  [0xfe00, 0xfe0f, characterClass.variation],
  [0xfeff, 0xfeff, characterClass.zeroWidth],
  [0xffa0, 0xffa0, characterClass.filler],
  [0xfff0, 0xfffb, characterClass.noncharacter],
  [0xfffe, 0xffff, characterClass.noncharacter],
]

const mark = /\p{M}/u
const inherited = /\p{Script=Inherited}/u
const latinLetter = /\p{Script=Latin}/u
const letter = /\p{L}/u

const classOfUnlisted = (code: number): number => {
  const character = String.fromCodePoint(code)
  if (letter.test(character)) {
    if (latinLetter.test(character)) return characterClass.latin
    return lookAlikes().has(code) ? characterClass.lookAlike : characterClass.otherLetter
  }
  if (!mark.test(character)) return characterClass.plain
  return inherited.test(character) ? characterClass.mark : characterClass.scriptMark
}

// Ideographs and Hangul syllables are a third of the plane and of one class each: not asked one by one.
const uniform: readonly (readonly [number, number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
]
const lastPrivate = 0xf8ff

let basicPlane: Uint8Array | undefined

/** The class of each UTF-16 unit; a half of a pair is `surrogate`. */
export const classesOfUnits = (): Uint8Array => {
  if (basicPlane !== undefined) return basicPlane
  const table = new Uint8Array(lastOfBasicPlane + 1)
  for (const [first, last] of uniform) table.fill(characterClass.otherLetter, first, last + 1)
  for (let code = 0; code <= lastOfBasicPlane; code += 1) {
    if (table[code] !== 0 || (code >= 0xd800 && code <= lastPrivate)) continue
    table[code] = classOfUnlisted(code)
  }
  for (const [first, last, kind] of basicRanges) table.fill(kind, first, last + 1)
  basicPlane = table
  return table
}

const known = new Map<number, number>()
// Planes 1 to 3 hold letters; a cache of them all would still be small, but it need not be.
const largestCache = 65_536

/** The class of a code point beyond the basic plane. */
export const classOfSupplementary = (code: number): number => {
  if (code >= 0xe0000 && code <= 0xe0fff)
    return code >= 0xe0100 && code <= 0xe01ef ? characterClass.variation : characterClass.tag
  if (code >= 0x1d173 && code <= 0x1d17a) return characterClass.filler
  if ((code & 0xfffe) === 0xfffe) return characterClass.noncharacter
  let kind = known.get(code)
  if (kind === undefined) {
    kind = classOfUnlisted(code)
    if (known.size < largestCache) known.set(code, kind)
  }
  return kind
}

/** Whether a class is one of letters. */
export const isWordClass = (kind: number): boolean => kind >= characterClass.latin && kind <= characterClass.otherLetter
