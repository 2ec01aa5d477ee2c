import type { Match } from '../redact.ts'
import { isAlphanumeric, isDigit } from './characters.ts'
import { type ContextHits, type ContextVerdict, reachAfter } from './context-hits.ts'
import { compactValue } from './layouts.ts'
import type { Reading, Recogniser, Report, ReportReadings } from './recogniser.ts'
import type { Scanner } from './scanner.ts'
import type { Columns } from './table.ts'

/** Counts of what a scan did, for tests of its linearity. */
export interface ScanWork {
  steps: number
}

/** A value whose context is not read to its end yet: found by one recogniser, or of a layout with several readings. */
interface Candidate {
  readonly start: number
  readonly end: number
  readonly recogniser: Recogniser | undefined
  readonly alone: number
  readonly readings: readonly Reading[]
  /** The column of a table that it stands in. */
  readonly column: number
}

const noReadings: readonly Reading[] = []

const costOfDoubt = 0.46
const costOfEmbedding = 0.35
/** What is as sure as it gets. */
const surest = 0.99
/** Of two readings with the same words beside them, the one whose layout and check digits say more wins. */
const weightOfLayout = 0.02
/** How far words that many numbers share raise a confidence. */
const shareOfSharedContext = 0.6
/** A word further away speaks a little less: of two readings the one whose word is nearer wins. */
const costOfDistance = 0.001

const isAnyOf = (characters: string): Uint8Array => {
  const set = new Uint8Array(0x10000)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}
const joiners = isAnyOf('.-_')
const currencies = isAnyOf('$€£¥₹')
const units = isAnyOf('%€')
const colon = 0x3a
const at = 0x40

/** Whether the value is a part of a longer token: a version, a file name, an amount, a time. */
const isEmbedded = (text: string, start: number, end: number): boolean => {
  if (start > 0) {
    const before = text.charCodeAt(start - 1)
    const earlier = text.charCodeAt(start - 2)
    if (currencies[before] === 1 || (before === colon && isDigit(earlier))) return true
    if (joiners[before] === 1 && isAlphanumeric(earlier)) return true
  }
  if (end >= text.length) return false
  const after = text.charCodeAt(end)
  const later = text.charCodeAt(end + 1)
  if (units[after] === 1 || (joiners[after] === 1 && isAlphanumeric(later))) return true
  return (after === colon || after === at) && isDigit(later)
}

// Settled candidates are dropped this many at a time.
const longestQueue = 256

/** The values that may be matches. */
export interface Candidates {
  readonly report: Report
  readonly reportReadings: ReportReadings
  /** Decides on those whose context ends before a place. */
  settleUpTo(place: number): void
  /** Decides on the rest. */
  finish(): Match[]
}

/**
 * Candidates of a text, each weighed when the words around it are known. Those of a table's rows take the words of its
 * columns' names for their own, and none of the header's.
 */
export const createCandidates = (
  text: string,
  { phrases, wanted }: Scanner,
  hits: ContextHits,
  columns: Columns,
  minimumConfidence: number,
  work: ScanWork,
): Candidates => {
  const matches: Match[] = []
  let waiting: Candidate[] = []
  let settled = 0

  const isHeadOf = (recogniser: Recogniser, said: ContextVerdict, column: number): boolean =>
    columns.count > 0 && said.support === undefined && columns.speaksFor(column, phrases.of.get(recogniser))

  const confidenceOf = (recogniser: Recogniser, alone: number, said: ContextVerdict, isHead: boolean): number => {
    let base = alone
    if (isHead || said.support !== undefined) {
      const near = recogniser.near + alone * weightOfLayout - said.distance * costOfDistance
      const raised = said.isShared && !isHead ? alone + (near - alone) * shareOfSharedContext : near
      base = Math.max(alone, Math.min(raised, surest))
    }
    return said.doubt === undefined ? base : base - costOfDoubt
  }
  const add = (
    { type, name }: Recogniser,
    { start, end }: Candidate,
    confidence: number,
    { support, doubt }: ContextVerdict,
    isHead: boolean,
    embedded: boolean,
  ): void => {
    let why = name
    if (isHead) why += ', near the name of its column'
    else if (support !== undefined) why += `, near "${support}"`
    if (doubt !== undefined) why += `, but after "${doubt}"`
    if (embedded) why += ', but inside a longer token'
    matches.push({ type, start, end, confidence: Math.round(confidence * 1000) / 1000, why })
  }

  const settleOne = (candidate: Candidate, recogniser: Recogniser): void => {
    const said = hits.weigh(recogniser)
    const isHead = isHeadOf(recogniser, said, candidate.column)
    const confidence = confidenceOf(recogniser, candidate.alone, said, isHead)
    if (confidence >= minimumConfidence) add(recogniser, candidate, confidence, said, isHead, false)
  }
  // The words around are asked before the check digits: they rule out more, for less.
  const settleReadings = (candidate: Candidate): void => {
    const { start, end, column } = candidate
    let value: string | undefined
    let embedded: boolean | undefined
    for (const { number, alone } of candidate.readings) {
      const said = hits.weigh(number)
      const isHead = isHeadOf(number, said, column)
      let confidence = confidenceOf(number, alone, said, isHead)
      if (confidence < minimumConfidence) continue
      embedded ??= isEmbedded(text, start, end)
      if (embedded) confidence -= costOfEmbedding
      if (confidence < minimumConfidence) continue
      value ??= compactValue(text, start, end)
      work.steps += 1
      if (number.accepts(value)) add(number, candidate, confidence, said, isHead, embedded)
    }
  }
  const settle = (candidate: Candidate): void => {
    work.steps += hits.lookAround(
      text,
      candidate.start,
      candidate.end,
      candidate.start < columns.headerEnd ? 0 : columns.headerEnd,
    )
    if (candidate.recogniser === undefined) settleReadings(candidate)
    else settleOne(candidate, candidate.recogniser)
  }

  return {
    report: (recogniser, start, end, alone = recogniser.alone) => {
      if (!wanted.has(recogniser)) return
      const candidate = { start, end, recogniser, alone, readings: noReadings, column: columns.current }
      // What no word speaks for has nothing to wait for.
      if (recogniser.context.length > 0) waiting.push(candidate)
      else if (alone >= minimumConfidence)
        matches.push({ type: recogniser.type, start, end, confidence: alone, why: recogniser.name })
    },
    reportReadings: (readings, start, end) => {
      waiting.push({ start, end, recogniser: undefined, alone: 0, readings, column: columns.current })
    },
    settleUpTo: (place) => {
      while (settled < waiting.length && (waiting[settled] as Candidate).end + reachAfter < place) {
        settle(waiting[settled] as Candidate)
        settled += 1
      }
      if (settled < longestQueue) return
      waiting = waiting.slice(settled)
      settled = 0
    },
    finish: () => {
      for (const candidate of waiting.slice(settled)) settle(candidate)
      return matches
    },
  }
}
