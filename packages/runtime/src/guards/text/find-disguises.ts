import type { Match } from '../redact.ts'
import { createDirections } from './directions.ts'
import { flagEnd, isFilling, isJoining, isSelecting } from './legitimate.ts'
import { characterClass, classesOfUnits, classOfSupplementary, isWordClass, lastOfBasicPlane } from './unicode.ts'
import { createWords } from './words.ts'

/** Ways for a text to be something else than what a reader sees. */
export const disguiseTypes = [
  'bidirectional-control',
  'combining-run',
  'control-character',
  'invisible-filler',
  'lone-surrogate',
  'look-alike',
  'noncharacter',
  'stray-joiner',
  'tag-character',
  'variation-selector',
  'zero-width',
] as const

/** One of {@link disguiseTypes}. */
export type DisguiseType = (typeof disguiseTypes)[number]

/** What a text may hold. */
export interface DisguiseOptions {
  /** Types that are let through. Of combining runs, those that normalisation can bear. */
  readonly allowed?: readonly DisguiseType[]
}

/**
 * Marks that may stand on one letter: no orthography that Unicode's inherited marks serve puts more there. Marks of a
 * script's own (Tibetan stacks, Indic vowels) come in longer runs.
 */
export const markLimits = { inherited: 4, ofScript: 10 } as const

// The 30 of Stream-Safe text (UAX #15). Normalisation takes quadratic time in a run of marks: seconds for 80 KB (CWE-407).
const bearableMarks = { inherited: 30, ofScript: 30 } as const

const names = new Map<number, string>()

/** How Unicode writes a code point. Only characters that deceive are asked for: the cache stays small. */
const codeName = (code: number): string => {
  const known = names.get(code)
  if (known !== undefined) return known
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  names.set(code, name)
  return name
}

interface OpenMatch extends Match {
  end: number
}

const typeOfClass: Partial<Record<number, DisguiseType>> = {
  [characterClass.control]: 'control-character',
  [characterClass.noncharacter]: 'noncharacter',
}

const byteOrderMark = 0xfeff
const replacement = 0xfffd

const harmless = /^[\t\n\f\r -~]*$/

/** Every place in a text that hides, reorders or imitates characters, in one pass. */
export const findDisguises = (text: string, { allowed = [] }: DisguiseOptions = {}): Match[] => {
  if (harmless.test(text)) return []
  const limits = allowed.includes('combining-run') ? bearableMarks : markLimits
  const classes = classesOfUnits()
  const matches: OpenMatch[] = []
  let last: OpenMatch | undefined
  let isOrdered = true
  const add = (type: DisguiseType, start: number, end: number): void => {
    if (last !== undefined && last.type === type && last.end === start) {
      last.end = end
      return
    }
    if (last !== undefined && last.start > start) isOrdered = false
    last = { type, start, end, confidence: 1, why: codeName(text.codePointAt(start) as number) }
    matches.push(last)
  }
  const directions = createDirections(text, (start, end) => add('bidirectional-control', start, end))
  const words = createWords(text, (start, end) => add('look-alike', start, end))

  // The last character that a reader sees.
  let before = -1
  let isSelected = false
  let marks = 0
  let wordStart = 0
  let wordKinds = 0
  const closeWord = (end: number): void => {
    words.add(wordKinds, wordStart, end)
    wordKinds = 0
  }

  for (let at = 0; at < text.length; at += 1) {
    let code = text.charCodeAt(at)
    let kind = classes[code] as number
    const start = at
    if (kind === characterClass.surrogate) {
      const whole = text.codePointAt(at) as number
      if (whole > lastOfBasicPlane) {
        code = whole
        kind = classOfSupplementary(whole)
        at += 1
      }
    }
    const end = at + 1
    if (kind <= characterClass.lineEnd) {
      if (isWordClass(kind)) {
        if (wordKinds === 0) wordStart = start
        wordKinds |= 1 << kind
      } else if (wordKinds !== 0) closeWord(start)
      if (kind === characterClass.lineEnd) directions.endLine()
      before = code
      isSelected = false
      marks = 0
      continue
    }
    if (kind === characterClass.mark || kind === characterClass.scriptMark) {
      marks += 1
      if (kind === characterClass.scriptMark) before = code
      if (marks > (kind === characterClass.mark ? limits.inherited : limits.ofScript)) add('combining-run', start, end)
    } else if (kind === characterClass.zeroWidth) {
      if (code !== byteOrderMark || start > 0) add('zero-width', start, end)
    } else if (kind === characterClass.joiner) {
      if (isJoining(code, before, text.codePointAt(end) ?? -1)) before = -1
      else add('stray-joiner', start, end)
    } else if (kind === characterClass.variation) {
      if (!isSelected && isSelecting(code, before)) isSelected = true
      else add('variation-selector', start, end)
    } else if (kind === characterClass.filler) {
      if (isFilling(code, before, text.codePointAt(end) ?? -1)) before = code
      else add('invisible-filler', start, end)
    } else if (kind === characterClass.tag) {
      const flagged = flagEnd(text, start, before)
      if (flagged < 0) add('tag-character', start, end)
      else {
        at = flagged - 1
        before = -1
      }
    } else if (kind === characterClass.surrogate) {
      add('lone-surrogate', start, end)
      // What replaces it is seen.
      before = replacement
      marks = 0
      if (wordKinds !== 0) closeWord(start)
    } else {
      const type = typeOfClass[kind]
      if (type === undefined) directions.add(kind, start)
      else add(type, start, end)
    }
  }
  if (wordKinds !== 0) closeWord(text.length)
  words.end()
  directions.endLine()

  const wanted =
    allowed.length === 0
      ? matches
      : matches.filter(({ type }) => type === 'combining-run' || !allowed.includes(type as DisguiseType))
  return isOrdered ? wanted : wanted.sort((a, b) => a.start - b.start)
}
