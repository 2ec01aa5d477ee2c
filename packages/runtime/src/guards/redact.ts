/** A place in a text that one of the guards recognised. It never repeats the text it stands for. */
export interface Match {
  /** What was found, e.g. `e-mail`, `national-id/us-ssn`, `secret/github-token`. */
  readonly type: string
  /** Offset of the first UTF-16 unit. */
  readonly start: number
  /** Offset after the last UTF-16 unit. */
  readonly end: number
  /** From 0 to 1: how likely this is what `type` says. */
  readonly confidence: number
  /** What speaks for it, and against. */
  readonly why: string
}

/** What a guard does with a match: let it through and report it, take it out of the text, or withhold the whole text. */
export type MatchAction = 'report' | 'redact' | 'block'

/** What became of a text. */
export interface Treated {
  /** The text to go on with; undefined when something in it had to be blocked. */
  readonly text: string | undefined
  readonly reported: readonly Match[]
  readonly redacted: readonly Match[]
  readonly blocked: readonly Match[]
}

const labelOf = ({ type }: Match): string => `[${type.slice(type.lastIndexOf('/') + 1)}]`

/**
 * The text with each match replaced by what it was, in brackets. Matches that touch the same characters become one
 * replacement, named after the first.
 *
 * @example
 * ```ts
 * redact('to a@b.example', [{ type: 'e-mail', start: 3, end: 14, confidence: 1, why: '' }]) // 'to [e-mail]'
 * ```
 */
export const redact = (
  text: string,
  matches: readonly Match[],
  replacement: (match: Match) => string = labelOf,
): string => {
  const ordered = [...matches].sort((a, b) => a.start - b.start || b.end - a.end)
  const parts: string[] = []
  let end = 0
  for (const match of ordered) {
    if (match.start >= end) parts.push(text.slice(end, match.start), replacement(match))
    end = Math.max(end, match.end)
  }
  parts.push(text.slice(end))
  return parts.join('')
}

/**
 * Treats each match as its type asks. One that is blocked withholds the whole text.
 *
 * @param actionOf the action of a type.
 * @example
 * ```ts
 * treatMatches(answer, findPersonalData(answer), (type) => (type === 'name' ? 'report' : 'redact')).text
 * ```
 */
export const treatMatches = (
  text: string,
  matches: readonly Match[],
  actionOf: (type: string) => MatchAction,
): Treated => {
  const withAction = (action: MatchAction): Match[] => matches.filter(({ type }) => actionOf(type) === action)
  const [reported, redacted, blocked] = [withAction('report'), withAction('redact'), withAction('block')]
  return { text: blocked.length > 0 ? undefined : redact(text, redacted), reported, redacted, blocked }
}
