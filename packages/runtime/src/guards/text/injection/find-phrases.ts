import { addToHash, emptyHash, foldTable, hashWord, passedOver } from '../fold.ts'
import { type Phrase, phrases } from './phrases.ts'
import { disguisedWords, vocabulary, wordClass } from './vocabulary.ts'

interface Lexicon {
  /** Whether any word has a hash with these last 16 bits. */
  readonly sieve: Uint8Array
  readonly classes: ReadonlyMap<number, number>
}

const rot13 = (word: string): string =>
  word.replace(/[a-z]/g, (each) => String.fromCharCode(((each.charCodeAt(0) - 0x61 + 13) % 26) + 0x61))

const readLexicon = (): Lexicon => {
  const classes = new Map<number, number>()
  const add = (word: string, kind: number): void => {
    const hash = hashWord(word)
    classes.set(hash, (classes.get(hash) ?? 0) | kind)
  }
  for (const [name, words] of Object.entries(vocabulary))
    for (const word of words.split(/\s+/)) add(word, wordClass[name as keyof typeof vocabulary])
  for (const word of disguisedWords) {
    add(rot13(word), wordClass.disguised)
    add([...word].reverse().join(''), wordClass.disguised)
  }
  const sieve = new Uint8Array(65_536)
  for (const hash of classes.keys()) sieve[hash & 0xffff] = 1
  return { sieve, classes }
}

let lexicon: Lexicon | undefined

// A run of single letters with one character between them is read as one word, up to this length.
const longestSpelling = 24
const shortestSpelling = 3

// Further back than any gap.
const neverReached = -1_000

/** A phrase, and the place of its steps among the steps of all phrases. */
interface Placed {
  readonly phrase: Phrase
  readonly first: number
  /** The classes of all its steps. */
  readonly kinds: number
}

const stepCount = phrases.reduce((sum, { steps }) => sum + steps.length, 0)
const placed: readonly Placed[] = phrases.map((phrase, index) => ({
  phrase,
  first: phrases.slice(0, index).reduce((sum, { steps }) => sum + steps.length, 0),
  kinds: phrase.steps.reduce((all, step) => all | step, 0),
}))

/** The character that no phrase reaches over. */
export const partSeparator = '\0'

/** Called for each phrase that a text holds. */
export type OnPhrase = (phrase: Phrase, start: number, end: number) => void

/**
 * Finds the phrases in one pass: each letter is hashed once, each known word moves each phrase by at most a step.
 *
 * @param work counts the phrases looked at.
 */
export const findPhrases = (text: string, onPhrase: OnPhrase, work?: { steps: number }): void => {
  lexicon ??= readLexicon()
  const { sieve, classes } = lexicon
  const folds = foldTable()
  // The word and the phrase's start with which each step was last reached.
  const words = new Int32Array(stepCount).fill(neverReached)
  const starts = new Int32Array(stepCount)

  let count = 0
  const onWord = (kinds: number, start: number, end: number): void => {
    for (const { phrase, first, kinds: all } of placed) {
      if ((kinds & all) === 0) continue
      if (work !== undefined) work.steps += 1
      const { steps, gap } = phrase
      const last = first + steps.length - 1
      for (let step = last; step >= first; step -= 1) {
        if ((kinds & (steps[step - first] as number)) === 0) continue
        const earlier = step === first ? neverReached : (words[step - 1] as number)
        if (step > first && (count === earlier || count - earlier > gap)) continue
        words[step] = count
        starts[step] = step === first ? start : (starts[step - 1] as number)
        if (step === last) onPhrase(phrase, starts[step] as number, end)
      }
    }
  }
  const lookUp = (hash: number, start: number, end: number): void => {
    if (sieve[hash & 0xffff] === 0) return
    const kinds = classes.get(hash)
    if (kinds !== undefined) onWord(kinds, start, end)
  }

  let spelt = emptyHash
  let speltStart = 0
  let speltLetters = 0
  let previousEnd = -2

  const closeWord = (hash: number, start: number, end: number): void => {
    count += 1
    lookUp(hash, start, end)
    const isOne = end - start === 1
    const continues = isOne && start - previousEnd === 1 && speltLetters < longestSpelling
    previousEnd = end
    if (continues) {
      spelt = addToHash(spelt, folds[text.charCodeAt(start)] as number)
      speltLetters += 1
      if (speltLetters >= shortestSpelling) lookUp(spelt, speltStart, end)
      return
    }
    speltStart = start
    speltLetters = isOne ? 1 : 0
    spelt = isOne ? addToHash(emptyHash, folds[text.charCodeAt(start)] as number) : emptyHash
  }

  let wordStart = -1
  let hash = emptyHash
  for (let at = 0; at < text.length; at += 1) {
    const folded = folds[text.charCodeAt(at)] as number
    if (folded === passedOver) continue
    if (folded !== 0) {
      if (wordStart < 0) wordStart = at
      hash = addToHash(hash, folded)
    } else if (wordStart >= 0) {
      closeWord(hash, wordStart, at)
      wordStart = -1
      hash = emptyHash
    }
    if (text.charCodeAt(at) === 0) count -= neverReached
  }
  if (wordStart >= 0) closeWord(hash, wordStart, text.length)
}
