/** Text that was found among bytes or numbers. */
export interface Run {
  readonly text: string
  /** Where it begins, in elements. */
  readonly offset: number
}

/** A shorter run of printable characters is chance: among random bytes one of 140,000 begins one of this length. */
const shortestRun = 12

/** A longer run is cut: no secret is longer, and no text of a stranger shall fill the memory (CWE-770). */
const longestRun = 2 ** 16

/**
 * Every run of printable ASCII characters among `codes`: bytes, or the numbers of a tensor, of which each may be the code of a
 * character.
 */
export function* printableRuns(codes: ArrayLike<number | bigint>): Iterable<Run> {
  const collected: number[] = []
  for (let index = 0; index <= codes.length; index += 1) {
    const code = Number(codes[index] ?? -1)
    const isPrintable = code >= 0x20 && code <= 0x7e && Number.isInteger(code)
    if (isPrintable) collected.push(code)
    if (collected.length > 0 && (!isPrintable || collected.length === longestRun)) {
      const offset = index - collected.length + (isPrintable ? 1 : 0)
      if (collected.length >= shortestRun) yield { text: Buffer.from(collected).toString('latin1'), offset }
      collected.length = 0
    }
  }
}
