import { isDigit } from './characters.ts'
import type { PhraseTable } from './context.ts'
import type { Recogniser } from './recogniser.ts'

/** How far words before and after a value are read, in UTF-16 units. */
const reachBefore = 60
/** How far after it. */
export const reachAfter = 30
const doubtReach = 30

// Every hit that a value may still ask for: between the longest value and both reaches no more words of two letters fit.
const kept = 512

/** What the words around a value say. */
export interface ContextVerdict {
  /** The phrase that speaks for it. */
  readonly support: string | undefined
  /** Whether it speaks for others too. */
  readonly isShared: boolean
  /** How many characters away that phrase is. */
  readonly distance: number
  /** The word before it that speaks against it and stands nearer. */
  readonly doubt: string | undefined
}

/** The phrases met so far, the last ones of them. */
export interface ContextHits {
  add(start: number, end: number, phrase: number): void
  /**
   * Gathers the phrases around a value, for {@link weigh} to be asked about it; none before `first`.
   *
   * @returns how many it looked at, the measure of its work.
   */
  lookAround(text: string, start: number, end: number, first: number): number
  /** What the phrases gathered say about this reading of the value. */
  weigh(recogniser: Recogniser): ContextVerdict
}

const nothingSaid: ContextVerdict = { support: undefined, isShared: false, distance: 0, doubt: undefined }

/** Whether a number stands between: then the words before that one are its own. */
const hasNumberBetween = (text: string, start: number, end: number): boolean => {
  for (let at = start; at < end; at += 1) if (isDigit(text.charCodeAt(at))) return true
  return false
}

/** A ring of the last hits. */
export const createContextHits = (table: PhraseTable): ContextHits => {
  const starts = new Int32Array(kept)
  const ends = new Int32Array(kept)
  const ids = new Int32Array(kept)
  let count = 0

  const nearIds = new Int32Array(kept)
  const nearGaps = new Int32Array(kept)
  const isBefore = new Uint8Array(kept)
  const isDoubt = new Uint8Array(kept)
  let near = 0

  /** Of two hits the nearer; the first where they are as near. */
  const nearer = (index: number, than: number): number =>
    than < 0 || (nearGaps[index] as number) < (nearGaps[than] as number) ? index : than
  const phraseAt = (index: number): string => table.phrases[nearIds[index] as number] as string

  return {
    add: (start, end, phrase) => {
      const slot = count % kept
      starts[slot] = start
      ends[slot] = end
      ids[slot] = phrase
      count += 1
    },
    lookAround: (text, start, end, from) => {
      near = 0
      const oldest = Math.max(0, count - kept)
      let index = count - 1
      for (; index >= oldest; index -= 1) {
        const slot = index % kept
        const [first, last, id] = [starts[slot] as number, ends[slot] as number, ids[slot] as number]
        if (last < start - reachBefore || first < from) break
        const isAfter = first >= end
        if (!isAfter && last > start) continue
        const gap = isAfter ? first - end : start - last
        if (isAfter && gap > reachAfter) continue
        nearIds[near] = id
        nearGaps[near] = gap
        const isDoubtful = !isAfter && gap < doubtReach && table.doubts.has(id)
        isDoubt[near] = isDoubtful && !hasNumberBetween(text, last, start) ? 1 : 0
        isBefore[near] = isAfter ? 0 : 1
        near += 1
      }
      return count - 1 - index
    },
    weigh: (recogniser) => {
      if (near === 0) return nothingSaid
      const [own, shared] = [table.of.get(recogniser), table.sharedOf.get(recogniser)]
      let support = -1
      let sharedSupport = -1
      let doubt = -1
      for (let index = 0; index < near; index += 1) {
        const id = nearIds[index] as number
        if (own?.has(id)) support = nearer(index, support)
        else if (shared?.has(id)) sharedSupport = nearer(index, sharedSupport)
        else if (isDoubt[index] === 1) doubt = nearer(index, doubt)
      }
      const isShared = support < 0
      const best = isShared ? sharedSupport : support
      if (best < 0 && doubt < 0) return nothingSaid
      // A word of doubt outweighs what stands before it, but not what explains the number behind it.
      const isDoubted = doubt >= 0 && (best < 0 || isBefore[best] === 0 || nearer(doubt, best) === doubt)
      const isSupported = best >= 0 && (!isDoubted || isBefore[best] === 0)
      return {
        support: isSupported ? phraseAt(best) : undefined,
        isShared,
        distance: isSupported ? (nearGaps[best] as number) : 0,
        doubt: isDoubted ? phraseAt(doubt) : undefined,
      }
    },
  }
}
