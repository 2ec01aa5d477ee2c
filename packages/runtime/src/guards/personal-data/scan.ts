import type { Match } from '../redact.ts'
import { createCandidates, type ScanWork } from './candidates.ts'
import { characterClass, characterClasses, foldTable, isDigit } from './characters.ts'
import { addToHash, emptyHash, type Phrase, type PhraseTable, unspacedPhraseAt } from './context.ts'
import { createContextHits } from './context-hits.ts'
import type { Scanner } from './scanner.ts'
import { createColumns, readTable } from './table.ts'
import { createTriggers } from './triggers.ts'

type OnPhrase = (start: number, end: number, id: number) => void

// Between the words of a phrase: "E.-Mail", "full   name".
const longestPhraseGap = 3
const shortestWordAmongDigits = 3

/** Takes the words of a text one after the other and tells which phrases they end. */
const createPhraseReader = (table: PhraseTable, text: string, onPhrase: OnPhrase): OnPhrase => {
  let [first, second, third] = [0, 0, 0]
  let known = 0
  let lastEnd = -longestPhraseGap
  const follows = ({ earlier }: Phrase): boolean =>
    earlier.length <= known &&
    (earlier.length < 1 || earlier[0] === first) &&
    (earlier.length < 2 || earlier[1] === second) &&
    (earlier.length < 3 || earlier[2] === third)

  return (start, end, hash) => {
    // Two letters between digits are rather of a hash than of a word.
    const isShort = end - start < shortestWordAmongDigits
    if (isShort && (isDigit(text.charCodeAt(start - 1)) || isDigit(text.charCodeAt(end)))) return
    if (start - lastEnd > longestPhraseGap) known = 0
    lastEnd = end
    if (table.sieve[hash & 0xffff] === 1) {
      let longest = -1
      let id = -1
      for (const phrase of table.byLastWord.get(hash) ?? []) {
        if (phrase.earlier.length <= longest || !follows(phrase)) continue
        longest = phrase.earlier.length
        id = phrase.id
      }
      if (id >= 0) onPhrase(start, end, id)
    }
    third = second
    second = first
    first = hash
    known += 1
  }
}

const none = -1
const dot = 0x2e
const hyphen = 0x2d

/**
 * The matches of a plain text in one pass. Each character is read once by the pass itself; what it triggers reads a window
 * of bounded length around it.
 */
export const scanText = (
  scanner: Scanner,
  text: string,
  minimumConfidence: number,
  work: ScanWork = { steps: 0 },
): Match[] => {
  const classes = characterClasses()
  const folds = foldTable()
  const hits = createContextHits(scanner.phrases)
  const table = readTable(text)
  const columns = createColumns(table)
  const candidates = createCandidates(text, scanner, hits, columns, minimumConfidence, work)
  const triggers = createTriggers(text, scanner, columns, candidates.report, candidates.reportReadings, work)
  const onPhrase: OnPhrase = (start, end, id) => {
    candidates.settleUpTo(start)
    hits.add(start, end, id)
    triggers.phrase(start, end, id)
  }
  // A piece is a run of letters; camelCase is two of them.
  const onPiece = createPhraseReader(scanner.phrases, text, onPhrase)

  let wordStart = none
  let isAscii = true
  let hasDigit = false
  let pieceStart = none
  let hash = emptyHash
  let previous = 0
  let previousUnit = 0

  for (let at = 0; at <= text.length; at += 1) {
    const unit = at < text.length ? text.charCodeAt(at) : 0
    const kind = classes[unit] as number

    if (kind !== characterClass.other && kind <= characterClass.mark) {
      if (wordStart < 0) {
        wordStart = at
        isAscii = true
        hasDigit = false
      }
      if (kind === characterClass.digit) {
        hasDigit = true
        if (pieceStart >= 0) {
          onPiece(pieceStart, at, hash)
          pieceStart = none
        }
      } else {
        if (kind >= characterClass.letter) isAscii = false
        if (kind !== characterClass.mark) {
          if (pieceStart >= 0 && kind === characterClass.upper && previous === characterClass.lower) {
            onPiece(pieceStart, at, hash)
            pieceStart = none
          }
          if (pieceStart < 0) {
            pieceStart = at
            hash = emptyHash
          }
          hash = addToHash(hash, unit, folds)
        }
      }
      previous = kind
      previousUnit = unit
      continue
    }

    previous = kind
    if (wordStart >= 0) {
      if (pieceStart >= 0) {
        onPiece(pieceStart, at, hash)
        pieceStart = none
      }
      // A word of letters matters where a number, or a group of something else, may follow: most words are prose.
      const isFollowed = unit === dot || unit === hyphen || isDigit(text.charCodeAt(at + 1))
      if (isAscii && (hasDigit || isFollowed)) triggers.word(wordStart, at, hasDigit)
      if (isFollowed) triggers.wordEnd(wordStart, at, previousUnit)
      wordStart = none
      candidates.settleUpTo(at)
    }
    if (table !== undefined && columns.isEdge(unit)) {
      columns.advance(unit)
      if (at >= columns.headerEnd) triggers.cell(at + 1)
    }
    if (kind === characterClass.ideograph) {
      const found = unspacedPhraseAt(scanner.phrases, text, at)
      if (found !== undefined) onPhrase(at, at + found.length, found.id)
    } else if (kind === characterClass.at) triggers.at(at)
    else if (kind === characterClass.plus) triggers.plus(at)
    else if (kind === characterClass.colon) triggers.colon(at)
    else if (kind === characterClass.lessThan) triggers.lessThan(at)
  }
  return candidates.finish()
}
