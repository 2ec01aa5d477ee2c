import { isAlphanumeric } from './characters.ts'
import type { GroupedNumber, Reading, ReportReadings } from './recogniser.ts'

const kinds = { digits: 0, letters: 1, mixed: 2 } as const
const longestWord = 40
const keysOfWords = 3 * (longestWord + 1)

/** A step of the tree of layouts: the numbers that end here, and the words that may follow. */
interface Step {
  readonly next: Map<number, Step>
  readonly ends: Reading[]
}

const separators = ' -./+('
const anySeparator = '~'
const wordKey = (kind: number, length: number): number => kind * (longestWord + 1) + length
const stepKey = (separator: number, word: number): number => separator * keysOfWords + word

const layoutWord = /^([AX]?)(\d+)$/
const keyOf = (word: string): number => {
  const [, letter, length] = layoutWord.exec(word) as RegExpExecArray
  const kind = letter === 'A' ? kinds.letters : letter === 'X' ? kinds.mixed : kinds.digits
  return wordKey(kind, Number(length))
}

const addLayout = (root: Step, number: GroupedNumber, layout: string): void => {
  const [first, ...rest] = layout.split(/(?=[ ~\-./+(])/)
  let steps = [root]
  const advance = (keys: readonly number[]): void => {
    steps = steps.flatMap((step) =>
      keys.map((key) => {
        const next: Step = step.next.get(key) ?? { next: new Map(), ends: [] }
        step.next.set(key, next)
        return next
      }),
    )
  }
  advance([keyOf(first as string)])
  for (const group of rest) {
    const allowed = group[0] === anySeparator ? ' -.' : (group[0] as string)
    advance([...allowed].map((separator) => stepKey(separators.indexOf(separator) + 1, keyOf(group.slice(1)))))
  }
  const alone = number.aloneAs?.[layout] ?? number.alone
  for (const step of steps) step.ends.push({ number, alone })
}

/** The layouts of all grouped numbers as one tree over lengths and separators. */
export interface LayoutTree {
  readonly root: Step
  /** The steps that a first word can take, by its key. */
  readonly first: readonly (Step | undefined)[]
  /** The lengths that a first word of letters can have. A digit follows its separator: most words are words of prose. */
  readonly startsWithLetters: readonly boolean[]
}

/** The tree of the layouts of these numbers. */
export const createLayoutTree = (numbers: readonly GroupedNumber[]): LayoutTree => {
  const root: Step = { next: new Map(), ends: [] }
  for (const number of numbers) for (const layout of number.layouts) addLayout(root, number, layout)
  const first = Array.from({ length: keysOfWords }, (_, key) => root.next.get(key))
  const startsWithLetters = Array.from(
    { length: longestWord + 1 },
    (_, length) => first[wordKey(kinds.letters, length)] !== undefined,
  )
  return { root, first, startsWithLetters }
}

const separatorIndex = new Uint8Array(128)
for (let index = 0; index < separators.length; index += 1) separatorIndex[separators.charCodeAt(index)] = index + 1

const openBracket = separators.indexOf('(') + 1
const closingBracket = 0x29

// What readWord found last: a word's end and key. One place for both, because it is asked for each word of a text.
const word = { end: 0, key: -1 }

/** Reads the ASCII word that starts at a place; it has no key when it is longer than any word of a layout. */
const readWord = (text: string, start: number): void => {
  let digits = 0
  let at = start
  const limit = Math.min(text.length, start + longestWord + 1)
  for (; at < limit; at += 1) {
    const unit = text.charCodeAt(at)
    if (!isAlphanumeric(unit)) break
    if (unit <= 0x39) digits += 1
  }
  const length = at - start
  word.end = at
  if (length === 0 || length > longestWord) word.key = -1
  else word.key = wordKey(digits === length ? kinds.digits : digits === 0 ? kinds.letters : kinds.mixed, length)
}

/**
 * Reports the values whose first word starts at `start` and whose groups fit a layout. It follows the tree only as far as lengths and
 * separators fit, so a text of nothing but groups costs a few steps for each.
 *
 * @returns how many words it read, the measure of its work.
 */
export const findGroupedNumbers = (tree: LayoutTree, text: string, start: number, report: ReportReadings): number => {
  readWord(text, start)
  let step = word.key < 0 ? undefined : tree.first[word.key]
  let separator = 0
  let words = 1
  while (step !== undefined) {
    const end = word.end
    if (step.ends.length > 0) {
      const isClosed = separator === openBracket && text.charCodeAt(end) === closingBracket
      report(step.ends, start, isClosed ? end + 1 : end)
    }
    if (step.next.size === 0 || end + 1 >= text.length) break
    const unit = text.charCodeAt(end)
    separator = unit < 128 ? (separatorIndex[unit] as number) : 0
    if (separator === 0) break
    readWord(text, end + 1)
    words += 1
    step = word.key < 0 ? undefined : step.next.get(stepKey(separator, word.key))
  }
  return words
}

/** What was written in groups as the recognisers take it: letters and digits only, in capitals. */
export const compactValue = (text: string, start: number, end: number): string => {
  let value = ''
  let hasLower = false
  let group = start
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at)
    if (!isAlphanumeric(unit)) {
      value += text.slice(group, at)
      group = at + 1
    } else if (unit > 0x5a) hasLower = true
  }
  value += text.slice(group, end)
  return hasLower ? value.toUpperCase() : value
}
