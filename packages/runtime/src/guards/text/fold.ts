import { lookAlikes } from './look-alikes.ts'

const marks = /\p{M}/gu
const letter = /[\p{L}\p{N}\p{M}]/u

// Digits and signs that stand for letters in "1gn0r3".
const leet: readonly (readonly [sign: string, letter: string])[] = [
  ['0', 'o'],
  ['1', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['5', 's'],
  ['7', 't'],
  ['@', 'a'],
  ['$', 's'],
]

// Beyond are scripts without cases, accents or look-alikes of ASCII; look-alikes there are few and listed.
const lastFolded = 0x2fff

let table: Uint16Array | undefined

/** What the table holds for marks, which stand on a letter and are passed over. */
export const passedOver = 0xffff

const inheritedMark = /^(?=\p{M})\p{Script=Inherited}$/u

const foldUnit = (code: number): number => {
  const character = String.fromCharCode(code)
  if (inheritedMark.test(character)) return passedOver
  if (!letter.test(character)) return 0
  const base = character.normalize('NFD').replace(marks, '')[0] ?? character
  const plain = base.toLowerCase().charCodeAt(0)
  const ascii = lookAlikes().get(base.charCodeAt(0)) ?? lookAlikes().get(plain)
  return ascii === undefined ? plain : String.fromCharCode(ascii).toLowerCase().charCodeAt(0)
}

/** For each UTF-16 unit the letter it is read as, without case, accent and disguise; 0 where it ends a word. */
export const foldTable = (): Uint16Array => {
  if (table !== undefined) return table
  const folds = new Uint16Array(65_536)
  for (let code = 0; code < folds.length; code += 1) folds[code] = code > lastFolded ? code : foldUnit(code)
  for (const [code, ascii] of lookAlikes())
    if (code > lastFolded && code < folds.length) folds[code] = String.fromCharCode(ascii).toLowerCase().charCodeAt(0)
  // Ideographic punctuation and full-width forms of it end words.
  folds.fill(0, 0x3000, 0x3004)
  for (const [sign, read] of leet) folds[sign.charCodeAt(0)] = read.charCodeAt(0)
  table = folds
  return folds
}

/** The hash of a word that has no letter yet. */
export const emptyHash = 0x811c9dc5

/** The hash with one more letter (FNV-1a). */
export const addToHash = (hash: number, folded: number): number => Math.imul(hash ^ folded, 0x01000193)

/** The hash of a word as it is folded. */
export const hashWord = (word: string): number => {
  const folds = foldTable()
  let hash = emptyHash
  for (let at = 0; at < word.length; at += 1) {
    const folded = folds[word.charCodeAt(at)] as number
    if (folded !== 0 && folded !== passedOver) hash = addToHash(hash, folded)
  }
  return hash
}
