import { NootropicError } from '@nootropic/core'
import { readPlainText } from '../../plain-text.ts'
import type { Match } from '../../redact.ts'
import { foldTable, passedOver } from '../fold.ts'
import { createTermAutomaton } from './term-automaton.ts'

/** The terms of a filter. None are built in: what is unwelcome is the host's to say. */
export interface TermFilterOptions {
  /** Terms that a text must not hold, by category, e.g. `{ 'project-names': ['Blue Heron'] }`. */
  readonly blocked: Readonly<Record<string, readonly string[]>>
  /** Longer terms inside which a blocked one may stand: `peacock` for a blocked `cock`. */
  readonly allowed?: readonly string[]
  /** Whether blocked terms are looked for inside words too. */
  readonly insideWords?: boolean
}

/** Finds the terms of a list. */
export interface TermFilter {
  /** The places of blocked terms: `content/<category>`. `work` counts the steps taken. */
  find(text: string, work?: { steps: number }): Match[]
}

const separator = 0x20
const categoryForm = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
// From here on are scripts that part no words: Thai to Khmer, then ideographs and kana.
const isUnspaced = (symbol: number): boolean => symbol >= 0x2e80 || (symbol >= 0xe00 && symbol <= 0xeff)

interface Symbols {
  readonly symbols: Uint16Array
  /** Where each symbol stands in the text it was read from. */
  readonly places: Uint32Array
}

/** A text as the letters it is read as; what stands between words is one separator, ahead of the first and last too. */
const readSymbols = (text: string): Symbols => {
  const folds = foldTable()
  const symbols = new Uint16Array(text.length + 2)
  const places = new Uint32Array(text.length + 2)
  symbols[0] = separator
  let length = 1
  for (let at = 0; at < text.length; at += 1) {
    const folded = folds[text.charCodeAt(at)] as number
    if (folded === passedOver || (folded === 0 && symbols[length - 1] === separator)) continue
    symbols[length] = folded === 0 ? separator : folded
    places[length] = at
    length += 1
  }
  if (symbols[length - 1] !== separator) {
    symbols[length] = separator
    places[length] = text.length
    length += 1
  }
  return { symbols: symbols.subarray(0, length), places: places.subarray(0, length) }
}

const readTerm = (term: string, insideWords: boolean): Uint16Array => {
  const { symbols } = readSymbols(readPlainText(term).text)
  if (symbols.length < 3) {
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected terms with letters or digits, found ${JSON.stringify(term)}; remove it`,
    )
  }
  const startsFree = insideWords || isUnspaced(symbols[1] as number)
  const endsFree = insideWords || isUnspaced(symbols.at(-2) as number)
  return symbols.subarray(startsFree ? 1 : 0, symbols.length - (endsFree ? 1 : 0))
}

interface Hit {
  readonly first: number
  readonly last: number
  readonly category: string
  readonly number: number
}

/**
 * A filter of terms, in whole words, whatever their case, accents, look-alikes, invisible characters and leet spelling.
 * Building it takes time in proportion to the terms; looking for them, in proportion to the text and what is found.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for a term without letters or a category that is no kebab-case name,
 * `LIMIT_EXCEEDED` for more terms than {@link termLimits}.
 * @example
 * ```ts
 * const filter = createTermFilter({ blocked: { secret: ['Blue Heron'] } })
 * filter.find('the BLÜE-h3ron plan') // [{ type: 'content/secret', start: 4, end: 14, … }]
 * ```
 */
export const createTermFilter = ({ blocked, allowed = [], insideWords = false }: TermFilterOptions): TermFilter => {
  const wrong = Object.keys(blocked).find((category) => !categoryForm.test(category))
  if (wrong !== undefined) {
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected categories of lower-case letters, digits and hyphens, found ${JSON.stringify(wrong)}; rename it`,
    )
  }
  const entries = [
    ...Object.entries(blocked).flatMap(([category, terms]) =>
      terms.map((term, index) => ({ category, number: index + 1, symbols: readTerm(term, insideWords) })),
    ),
    ...allowed.map((term) => ({ category: '', number: 0, symbols: readTerm(term, false) })),
  ]
  const { columns, width, next, term, shorter } = createTermAutomaton(entries.map(({ symbols }) => symbols))

  return {
    find(original, work) {
      const plain = readPlainText(original)
      const { symbols, places } = readSymbols(plain.text)
      const hits: Hit[] = []
      const welcome: Hit[] = []
      let steps = 0
      let state = 0
      for (let at = 0; at < symbols.length; at += 1) {
        state = next[state * width + (columns[symbols[at] as number] as number)] as number
        steps += 1
        let ending = term[state] === -1 ? (shorter[state] as number) : state
        while (ending !== 0) {
          const { category, number, symbols: own } = entries[term[ending] as number] as (typeof entries)[number]
          const first = at - own.length + 1 + (own[0] === separator ? 1 : 0)
          const last = at - (own.at(-1) === separator ? 1 : 0)
          ;(category === '' ? welcome : hits).push({ first, last, category, number })
          ending = shorter[ending] as number
          steps += 1
        }
      }
      if (work !== undefined) work.steps += steps
      return withoutWelcome(hits, welcome).map(({ first, last, category, number }) => {
        const [start, end] = plain.originalSpan(places[first] as number, (places[last] as number) + 1)
        return { type: `content/${category}`, start, end, confidence: 1, why: `term ${number} of the list` }
      })
    },
  }
}

/** The hits that stand in none of the welcome ones. Both are in the order of their ends. */
const withoutWelcome = (hits: readonly Hit[], welcome: readonly Hit[]): Hit[] => {
  if (welcome.length === 0) return [...hits]
  const byStart = [...welcome].sort((a, b) => a.first - b.first)
  const left: Hit[] = []
  let index = 0
  let reach = -1
  for (const hit of [...hits].sort((a, b) => a.first - b.first || a.last - b.last)) {
    for (; index < byStart.length && (byStart[index] as Hit).first <= hit.first; index += 1)
      reach = Math.max(reach, (byStart[index] as Hit).last)
    if (hit.last > reach) left.push(hit)
  }
  return left
}
