import { NootropicError } from '@nootropic/core'

/** Terms, and all their characters: what the automaton's table, of 16 MiB at most, can hold (CWE-770). */
export const termLimits = { terms: 20_000, cells: 4 * 1024 ** 2 } as const

/** Finds any of many terms in one pass over symbols (Aho and Corasick 1975), its failures resolved ahead of time. */
export interface TermAutomaton {
  /** The column of each symbol; 0 for one that no term has. */
  readonly columns: Uint16Array
  readonly width: number
  /** The next state for each state and column. */
  readonly next: Int32Array
  /** The longest term that ends in each state, -1 for none. */
  readonly term: Int32Array
  /** The next shorter state in which a term ends, 0 for none. */
  readonly shorter: Int32Array
}

const addColumns = (terms: readonly Uint16Array[], columns: Uint16Array): number => {
  let width = 1
  for (const term of terms)
    for (const symbol of term)
      if (columns[symbol] === 0) {
        columns[symbol] = width
        width += 1
      }
  return width
}

/**
 * @param terms the symbols of each, none of them empty.
 * @throws NootropicError `LIMIT_EXCEEDED`
 */
export const createTermAutomaton = (terms: readonly Uint16Array[]): TermAutomaton => {
  const columns = new Uint16Array(65_536)
  const width = addColumns(terms, columns)
  const most = terms.reduce((sum, { length }) => sum + length, 1)
  if (terms.length > termLimits.terms || most * width > termLimits.cells) {
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${termLimits.terms} terms whose characters times their alphabet make ${termLimits.cells}, found ${terms.length} and ${most * width}; use fewer terms`,
    )
  }
  const next = new Int32Array(most * width)
  const term = new Int32Array(most).fill(-1)
  let states = 1
  for (const [index, symbols] of terms.entries()) {
    let state = 0
    for (const symbol of symbols) {
      const cell = state * width + (columns[symbol] as number)
      if (next[cell] === 0) {
        next[cell] = states
        states += 1
      }
      state = next[cell] as number
    }
    term[state] = index
  }

  const failure = new Int32Array(states)
  const shorter = new Int32Array(states)
  const queue: number[] = []
  for (let column = 1; column < width; column += 1) if (next[column] !== 0) queue.push(next[column] as number)
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number
    const fallback = failure[state] as number
    shorter[state] = term[fallback] === -1 ? (shorter[fallback] as number) : fallback
    for (let column = 1; column < width; column += 1) {
      const cell = state * width + column
      const instead = next[fallback * width + column] as number
      if (next[cell] === 0) next[cell] = instead
      else {
        failure[next[cell] as number] = instead
        queue.push(next[cell] as number)
      }
    }
  }
  return { columns, width, next, term, shorter }
}
