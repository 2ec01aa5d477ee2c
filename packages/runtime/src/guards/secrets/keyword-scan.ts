/** A word that the scan stops at, and what it does there. */
export interface Keyword<T> {
  readonly word: string
  /** Whether `word`, in lower case, stands for any mixture of cases. */
  readonly ignoresCase: boolean
  readonly value: T
}

/** A keyword, as the units that may stand at each of its places. */
interface Entry<T> {
  readonly lower: Uint16Array
  readonly upper: Uint16Array
  readonly value: T
}

/** Keywords by their first two letters, without regard to case. */
export interface KeywordTable<T> {
  readonly buckets: Uint16Array
  readonly entries: readonly (readonly Entry<T>[])[]
}

const asciiBits = 7
const asciiMask = 127

/** Upper-case letters become lower-case ones. Others collide here and are told apart by comparison. */
const fold = (unit: number): number => {
  const low = unit & asciiMask
  return low >= 0x41 && low <= 0x5a ? low | 0x20 : low
}

const bucketOf = (first: number, second: number): number => (fold(first) << asciiBits) | fold(second)

const unitsOf = (word: string): Uint16Array => Uint16Array.from(word, (character) => character.charCodeAt(0))

/** A table of keywords of at least two characters of the basic plane. */
export const createKeywordTable = <T>(keywords: readonly Keyword<T>[]): KeywordTable<T> => {
  const buckets = new Uint16Array(1 << (2 * asciiBits))
  const entries: Entry<T>[][] = [[]]
  for (const { word, ignoresCase, value } of keywords) {
    const lower = unitsOf(word)
    const upper = unitsOf(ignoresCase ? word.toUpperCase() : word)
    const starts = [lower, upper].flatMap(([first = 0]) =>
      [lower, upper].map(([, second = 0]) => bucketOf(first, second)),
    )
    for (const bucket of new Set(starts)) {
      if (buckets[bucket] === 0) {
        buckets[bucket] = entries.length
        entries.push([])
      }
      entries[buckets[bucket] as number]?.push({ lower, upper, value })
    }
  }
  return { buckets, entries }
}

const startsHere = (text: string, at: number, { lower, upper }: Entry<unknown>): boolean => {
  for (let index = 0; index < lower.length; index += 1) {
    const unit = text.charCodeAt(at + index)
    if (unit !== lower[index] && unit !== upper[index]) return false
  }
  return true
}

/** Calls `onKeyword` for each keyword of the table in a text, in one pass: two table look-ups for each character. */
export const scanKeywords = <T>(
  { buckets, entries }: KeywordTable<T>,
  text: string,
  onKeyword: (value: T, at: number, end: number) => void,
): void => {
  const folded = new Uint8Array(128)
  for (let unit = 0; unit < 128; unit += 1) folded[unit] = fold(unit)
  let previous = text.length === 0 ? 0 : (folded[text.charCodeAt(0) & asciiMask] as number)
  for (let at = 1; at < text.length; at += 1) {
    const current = folded[text.charCodeAt(at) & asciiMask] as number
    const bucket = buckets[(previous << asciiBits) | current] as number
    previous = current
    if (bucket === 0) continue
    for (const entry of entries[bucket] as readonly Entry<T>[])
      if (startsHere(text, at - 1, entry)) onKeyword(entry.value, at - 1, at - 1 + entry.lower.length)
  }
}
