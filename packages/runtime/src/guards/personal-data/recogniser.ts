/** What one recogniser knows: the shape of a value, how it is proved, and which words near it speak for it. */
export interface Recogniser {
  /** The type of its matches, e.g. `national-id/us-ssn`. */
  readonly type: string
  /** What it is called where it is issued. */
  readonly name: string
  /** Confidence without a word of context. */
  readonly alone: number
  /** Confidence beside a word of `context`. */
  readonly near: number
  /** Words and phrases that speak for it, in the languages of the places where it is used. */
  readonly context: readonly string[]
  /** Words that many share, such as "ID number": they speak for it, but less. */
  readonly sharedContext?: readonly string[]
  /** The standard or authority that its rules come from. */
  readonly source: string
}

/**
 * A recogniser of numbers that are written in groups: `3-2-4` is three, two and four digits with hyphens between. `A2` is
 * two letters, `X9` nine letters and digits mixed, `~` a space, a hyphen or a dot.
 */
export interface GroupedNumber extends Recogniser {
  readonly layouts: readonly string[]
  /** Whether the value, without separators and in capitals, can be one. */
  readonly accepts: (value: string) => boolean
  /** Confidence without context of a layout that is more telling than the others. */
  readonly aloneAs?: Readonly<Record<string, number>>
}

/** Where a recogniser puts what it found, for its context to be weighed. */
export type Report = (recogniser: Recogniser, start: number, end: number, alone?: number) => void

/** A reading of a value written in groups, and its confidence without context. */
export interface Reading {
  readonly number: GroupedNumber
  readonly alone: number
}

/** Where the tree of layouts puts a value that fits some of them: whether one of the readings holds is asked later. */
export type ReportReadings = (readings: readonly Reading[], start: number, end: number) => void
