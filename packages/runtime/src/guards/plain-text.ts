import type { Match } from './redact.ts'

/** A text with its disguises taken off, and the way back to the text that it was made of. */
export interface PlainText {
  readonly text: string
  /** Where a span of `text` stands in the original. */
  originalSpan(start: number, end: number): readonly [start: number, end: number]
}

const unchanged = 0
const dropped = 1

const lastOfBasicPlane = 0xffff

// Default-ignorable and bidirectional characters, which show nothing between the digits of a number (UTS #39, CVE-2021-42574).
const invisible: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
]
const spaces: readonly (readonly [number, number])[] = [
  [0xa0, 0xa0],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
]
const dashes: readonly (readonly [number, number])[] = [
  [0x2010, 0x2015],
  [0x2212, 0x2212],
  [0xfe58, 0xfe58],
  [0xfe63, 0xfe63],
]
const fullWidth = { first: 0xff01, last: 0xff5e, offset: 0xff01 - 0x21 }

const decimal = /\p{Nd}/u

/** ASCII for every decimal digit in [first, last]: Unicode keeps them in runs of ten, zero first. */
const mapDigits = (first: number, last: number, set: (code: number, digit: number) => void): void => {
  let run = 0
  for (let code = first; code <= last; code += 1) {
    if (!decimal.test(String.fromCodePoint(code))) {
      run = 0
      continue
    }
    set(code, 0x30 + (run % 10))
    run += 1
  }
}

let basicPlane: Uint16Array | undefined

/** What becomes of each UTF-16 unit: nothing, its removal, or an ASCII character. */
const basicPlaneTable = (): Uint16Array => {
  if (basicPlane !== undefined) return basicPlane
  const table = new Uint16Array(lastOfBasicPlane + 1)
  mapDigits(0x80, lastOfBasicPlane, (code, digit) => {
    table[code] = digit
  })
  for (const [first, last] of invisible) table.fill(dropped, first, last + 1)
  for (const [first, last] of spaces) table.fill(0x20, first, last + 1)
  for (const [first, last] of dashes) table.fill(0x2d, first, last + 1)
  for (let code = fullWidth.first; code <= fullWidth.last; code += 1) table[code] = code - fullWidth.offset
  basicPlane = table
  return table
}

let supplementary: Uint16Array | undefined
const supplementaryFirst = 0x10000
const supplementaryLast = 0x1ffff

/** The same for the plane after it: mathematical digits and those of newer scripts. */
const supplementaryTable = (): Uint16Array => {
  if (supplementary !== undefined) return supplementary
  const table = new Uint16Array(supplementaryLast - supplementaryFirst + 1)
  mapDigits(supplementaryFirst, supplementaryLast, (code, digit) => {
    table[code - supplementaryFirst] = digit
  })
  supplementary = table
  return table
}

// Tag characters and the second set of variation selectors: text that nobody sees.
const isHiddenTag = (code: number): boolean => code >= 0xe0000 && code <= 0xe01ef

const actionOfSupplementary = (code: number): number => {
  if (isHiddenTag(code)) return dropped
  return code <= supplementaryLast ? (supplementaryTable()[code - supplementaryFirst] as number) : unchanged
}

/** What becomes of the surrogate pair at a place. */
const actionOfPair = (text: string, at: number): number => {
  const code = text.codePointAt(at) as number
  return code > lastOfBasicPlane ? actionOfSupplementary(code) : unchanged
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const beyondAscii = /[^\p{ASCII}]/u

/** Where the first character stands that a reader sees as another one, or not at all; -1 when there is none. */
const firstDisguise = (text: string): number => {
  const table = basicPlaneTable()
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (table[unit] !== unchanged || (isHighSurrogate(unit) && actionOfPair(text, at) !== unchanged)) return at
  }
  return -1
}

/**
 * The text as a reader sees it: invisible characters taken out; decimal digits of any script, full-width letters, the
 * many spaces and dashes turned into ASCII. Letters of other scripts stay as they are. Linear in the text.
 */
export const readPlainText = (original: string): PlainText => {
  const identity: PlainText = { text: original, originalSpan: (start, end) => [start, end] }
  if (!beyondAscii.test(original)) return identity
  const first = firstDisguise(original)
  if (first < 0) return identity

  const table = basicPlaneTable()
  const units = new Uint16Array(original.length)
  const origins = new Uint32Array(original.length - first)
  for (let at = 0; at < first; at += 1) units[at] = original.charCodeAt(at)
  let length = first
  for (let at = first; at < original.length; at += 1) {
    const unit = original.charCodeAt(at)
    let action = table[unit] as number
    let width = 1
    if (isHighSurrogate(unit)) {
      action = actionOfPair(original, at)
      if (action !== unchanged) width = 2
    }
    if (action !== dropped) {
      units[length] = action === unchanged ? unit : action
      origins[length - first] = at
      length += 1
    }
    at += width - 1
  }

  const text = Buffer.from(units.buffer, 0, length * 2).toString('utf16le')
  const originOf = (at: number): number => (at < first ? at : (origins[at - first] as number))
  // A span ends after all units of its last character.
  const widthAt = (at: number): number => ((original.codePointAt(at) as number) > lastOfBasicPlane ? 2 : 1)
  return {
    text,
    originalSpan: (start, end) => {
      const last = originOf(end - 1)
      return [originOf(start), last + widthAt(last)]
    },
  }
}

/** Matches in a plain text, by their places in the text that it was made of. */
export const placesInOriginal = (matches: readonly Match[], { originalSpan }: PlainText): Match[] =>
  matches.map((match) => {
    const [start, end] = originalSpan(match.start, match.end)
    return { ...match, start, end }
  })
