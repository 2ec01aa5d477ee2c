import { printable, type Rule } from '../rule.ts'

/**
 * Where a text stands, which decides what is out of place in it: prose may name addresses and show code, configuration
 * and metadata of a model have no use for either.
 */
export type TextPlace = 'prose' | 'configuration' | 'metadata'

/** Something to look for in a text. */
export interface Indicator {
  readonly rule: Rule
  readonly places: readonly TextPlace[]
  /** Global, and linear in the text: each repetition is bounded or begins where no other match attempt can (CWE-1333). */
  readonly pattern: RegExp
  /** What the match is, as the end of "found …". */
  readonly what: string
  /** Whether a match is what it looks like. */
  isMeant?(match: RegExpExecArray): boolean
  /** What of it a report shows; a secret must not stand in one. */
  shown?(match: RegExpExecArray): string
}

/** Everywhere. */
export const everyPlace: readonly TextPlace[] = ['prose', 'configuration', 'metadata']

/** Where only data belongs. */
export const dataPlaces: readonly TextPlace[] = ['configuration', 'metadata']

const shownLength = 80

/** The beginning of a match, fit for a report. */
export const excerpt = (found: string): string =>
  printable(found.length > shownLength ? `${found.slice(0, shownLength)}…` : found)

/** A secret in a report: enough to recognise it, not enough to use it. */
export const masked = (secret: string): string => `${printable(secret.slice(0, 4))}… (${secret.length} characters)`
