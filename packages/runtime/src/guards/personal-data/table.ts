/** A text of rows whose first line names the columns. */
export interface Table {
  /** The unit between columns. */
  readonly delimiter: number
  /** Where the first line ends. */
  readonly headerEnd: number
}

const delimiters = ['\t', ';', '|', ',']
// A header longer than this names no columns (CWE-770); the line after it may be longer.
const longestHeader = 2048
const longestRow = 8192

const countOf = (text: string, delimiter: string): number => text.split(delimiter).length - 1

/** The table that a text is, when its first two lines have the same delimiters in the same number. */
export const readTable = (text: string): Table | undefined => {
  const start = text.slice(0, longestHeader + longestRow)
  const headerEnd = start.indexOf('\n')
  if (headerEnd <= 0 || headerEnd > longestHeader) return undefined
  const header = start.slice(0, headerEnd)
  const rowEnd = start.indexOf('\n', headerEnd + 1)
  const row = start.slice(headerEnd + 1, rowEnd < 0 ? undefined : rowEnd)
  // Of commas with spaces after them a sentence is made.
  const possible = header.includes(', ') ? delimiters.slice(0, -1) : delimiters
  const delimiter = possible.find((unit) => countOf(header, unit) > 0 && countOf(header, unit) === countOf(row, unit))
  return delimiter === undefined ? undefined : { delimiter: delimiter.charCodeAt(0), headerEnd }
}

/** The columns of a text, none when it is no table, and the phrases that their names hold. */
export interface Columns {
  /** How many have a name that holds a phrase, or more. */
  readonly count: number
  /** Where the line with their names ends: 0 in a text that is no table. */
  readonly headerEnd: number
  /** The column that the scan stands in, counted from 0. */
  readonly current: number
  addPhrase(id: number): void
  /** Goes on to the next column or row. */
  advance(unit: number): void
  /** Whether this unit ends a cell. */
  isEdge(unit: number): boolean
  /** Whether the name of a column holds one of the phrases. */
  speaksFor(column: number, phrases: ReadonlySet<number> | undefined): boolean
}

const newline = 0x0a

/** The columns of a table, without a phrase yet. */
export const createColumns = (table: Table | undefined): Columns => {
  const phrases: Set<number>[] = []
  let current = 0
  return {
    get count() {
      return phrases.length
    },
    headerEnd: table?.headerEnd ?? 0,
    get current() {
      return current
    },
    addPhrase: (id) => {
      phrases[current] ??= new Set()
      phrases[current]?.add(id)
    },
    isEdge: (unit) => unit === newline || unit === table?.delimiter,
    advance: (unit) => {
      current = unit === newline ? 0 : current + 1
    },
    speaksFor: (column, wanted) => {
      if (wanted === undefined) return false
      for (const id of phrases[column] ?? []) if (wanted.has(id)) return true
      return false
    },
  }
}
