import { characterClass, classesOfUnits, classOfSupplementary, isWordClass, lastOfBasicPlane } from './unicode.ts'

/** Watches words for letters that are there to be taken for others. */
export interface Words {
  /** @param kinds which classes of letters a word has that stands from `start` to `end`, a bit for each. */
  add(kinds: number, start: number, end: number): void
  /** The end of the text. */
  end(): void
}

const hasLatin = 1 << characterClass.latin
const hasLookAlike = 1 << characterClass.lookAlike
const hasOwn = 1 << characterClass.otherLetter

// A shorter word of look-alikes alone ("а", "со") says nothing.
const shortestImitation = 3

const isGreek = (code: number): boolean => code >= 0x370 && code <= 0x3ff

/** Calls `onLetter` for each letter of a word that looks like one of ASCII; returns how many letters the word has. */
const readLetters = (
  text: string,
  start: number,
  end: number,
  onLetter: (index: number, start: number, end: number, code: number) => void,
): number => {
  const classes = classesOfUnits()
  let count = 0
  for (let at = start; at < end; at += 1) {
    const from = at
    let code = text.charCodeAt(at)
    let kind = classes[code] as number
    if (kind === characterClass.surrogate) {
      code = text.codePointAt(at) as number
      kind = code > lastOfBasicPlane ? classOfSupplementary(code) : kind
      if (code > lastOfBasicPlane) at += 1
    }
    if (!isWordClass(kind)) continue
    if (kind === characterClass.lookAlike) onLetter(count, from, at + 1, code)
    count += 1
  }
  return count
}

/**
 * A letter is an imitation where its word has Latin letters too and none that only its own alphabet has (UTS #39, mixed
 * scripts). A Greek letter at the edge of a Latin word is a scientist's (TNFα, βTrCP). A word of look-alikes alone is an
 * imitation where the whole text has Latin letters and no letter that only another alphabet has.
 */
export const createWords = (text: string, refuse: (start: number, end: number) => void): Words => {
  let seen = 0
  const alone: number[] = []

  const refuseIn = (start: number, end: number): void => {
    // A Greek letter waits for the next one: the last of a word may stand.
    let waiting = -1
    let waitingStart = 0
    let waitingEnd = 0
    const count = readLetters(text, start, end, (index, from, to, code) => {
      if (waiting > 0) refuse(waitingStart, waitingEnd)
      waiting = -1
      if (!isGreek(code)) {
        refuse(from, to)
        return
      }
      waiting = index
      waitingStart = from
      waitingEnd = to
    })
    if (waiting > 0 && waiting < count - 1) refuse(waitingStart, waitingEnd)
  }
  return {
    add(kinds, start, end) {
      seen |= kinds
      if ((kinds & (hasLookAlike | hasOwn)) !== hasLookAlike) return
      if ((kinds & hasLatin) !== 0) refuseIn(start, end)
      else if (end - start >= shortestImitation) alone.push(start, end)
    },
    end() {
      if ((seen & (hasLatin | hasOwn)) !== hasLatin) return
      for (let index = 0; index < alone.length; index += 2) {
        const [start, end] = [alone[index] as number, alone[index + 1] as number]
        const spans: number[] = []
        if (readLetters(text, start, end, (_, from, to) => spans.push(from, to)) < shortestImitation) continue
        for (let each = 0; each < spans.length; each += 2) refuse(spans[each] as number, spans[each + 1] as number)
      }
    },
  }
}
