// Longer words are not compared: the table grows with the product of the lengths, and hostile input chooses one (CWE-407).
const maximumLength = 64

/** How many insertions, deletions, substitutions and swaps of neighbours turn one word into the other (Damerau 1964). */
const distance = (left: string, right: string): number => {
  let before: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1]
      let best = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1))
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        best = Math.min(best, before[column - 2]! + 1)
      }
      current.push(best)
    }
    before = previous
    previous = current
  }
  return previous[right.length]!
}

/**
 * The candidate that was probably meant, or `undefined` when none is near: at most a third of the letters differ.
 *
 * @example
 * ```ts
 * closestWord('digit', ['digits', 'faces']) // 'digits'
 * ```
 */
export const closestWord = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > maximumLength) return undefined
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    if (candidate.length > maximumLength) continue
    const found = distance(word.toLowerCase(), candidate.toLowerCase())
    if (found <= Math.max(word.length, candidate.length) / 3 && found < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, distance: found }
    }
  }
  return best?.candidate
}
