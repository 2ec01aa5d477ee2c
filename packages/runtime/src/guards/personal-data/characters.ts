/** What a UTF-16 unit is to the scan. The order matters: everything up to `ideograph` may be part of a word. */
export const characterClass = {
  other: 0,
  digit: 1,
  upper: 2,
  lower: 3,
  /** A letter outside ASCII. */
  letter: 4,
  /** A combining mark: part of the letter before it. */
  mark: 5,
  /** Of a script that puts no spaces between words: Han, Kana, Hangul. */
  ideograph: 6,
  /** Characters that start a recogniser of their own. */
  at: 7,
  plus: 8,
  colon: 9,
  lessThan: 10,
} as const

const ascii = new Uint8Array(128)
ascii.fill(characterClass.digit, 0x30, 0x3a)
ascii.fill(characterClass.upper, 0x41, 0x5b)
ascii.fill(characterClass.lower, 0x61, 0x7b)
ascii[0x40] = characterClass.at
ascii[0x2b] = characterClass.plus
ascii[0x3a] = characterClass.colon
ascii[0x3c] = characterClass.lessThan

const unspaced: readonly (readonly [number, number])[] = [
  [0x3040, 0x30ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
]

const isLetter = /[\p{L}\p{N}]/u
const isMark = /\p{M}/u

let classes: Uint8Array | undefined

/** The class of each UTF-16 unit. Surrogates count as `other`. */
export const characterClasses = (): Uint8Array => {
  if (classes !== undefined) return classes
  const table = new Uint8Array(0x10000)
  table.set(ascii)
  for (let code = 0x80; code < 0x10000; code += 1) {
    if (code === 0x3000) code = 0xa000
    if (code === 0xac00) code = 0xfb00
    const character = String.fromCharCode(code)
    if (isLetter.test(character)) table[code] = characterClass.letter
    else if (isMark.test(character)) table[code] = characterClass.mark
  }
  for (const [first, last] of unspaced) table.fill(characterClass.ideograph, first, last + 1)
  classes = table
  return table
}

const foldedCodes = 0x2500

let folds: Uint16Array | undefined

/** The lower-case letter without its accent for each unit below U+2500; context words are compared in this form. */
export const foldTable = (): Uint16Array => {
  if (folds !== undefined) return folds
  folds = Uint16Array.from({ length: foldedCodes }, (_, code) =>
    String.fromCharCode(code).toLowerCase().normalize('NFD').charCodeAt(0),
  )
  return folds
}

/** Whether the ASCII unit is a letter or a digit. */
export const isAlphanumeric = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)

/** Whether the unit is an ASCII digit. */
export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39
