import type { Finding } from '@nootropic/core'

/** What JSON calls a kind of value. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** What a text of JSON must hold. */
export interface JsonOptions {
  /** The members of the object, and their kinds. Without it any JSON is fine. */
  readonly members?: Readonly<Record<string, JsonKind>>
  /** Those of `members` that may be missing. */
  readonly optional?: readonly string[]
}

/** Arrays and objects inside one another that are parsed: more would overflow the stack of whoever reads them (CWE-674). */
export const deepestJson = 64

// Names that are repeated in messages, and how much of each (CWE-117).
const mostNames = 5
const longestName = 60

/** How deep brackets stand inside one another, strings aside. */
const depthOf = (text: string): number => {
  let [depth, deepest] = [0, 0]
  let isString = false
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (isString) {
      if (unit === 0x5c) at += 1
      else if (unit === 0x22) isString = false
    } else if (unit === 0x22) isString = true
    else if (unit === 0x7b || unit === 0x5b) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1
  }
  return deepest
}

const kindOf = (value: unknown): JsonKind => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonKind)
}

const parse = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const list = (names: readonly string[]): string => {
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  return `${names
    .slice(0, mostNames)
    .map((name) => JSON.stringify(name.slice(0, longestName)))
    .join(', ')}${more}`
}

const problemsOf = (text: string, { members, optional = [] }: JsonOptions): [rule: string, message: string][] => {
  const depth = depthOf(text)
  if (depth > deepestJson) return [['json-depth', `expected at most ${deepestJson} levels, found ${depth}`]]
  const parsed = parse(text)
  if (parsed === undefined) return [['json-malformed', 'expected JSON, found a text that is none']]
  if (members === undefined) return []
  const { value } = parsed
  if (kindOf(value) !== 'object') return [['json-kind', `expected an object, found ${kindOf(value)}`]]
  const object = value as Readonly<Record<string, unknown>>
  const missing = Object.keys(members).filter((name) => !Object.hasOwn(object, name) && !optional.includes(name))
  const unknown = Object.keys(object).filter((name) => !Object.hasOwn(members, name))
  const other = Object.keys(members).filter(
    (name) => Object.hasOwn(object, name) && kindOf(object[name]) !== members[name],
  )
  return [
    ...(missing.length === 0
      ? []
      : [['json-member', `expected the members ${list(missing)}, found none`] as [string, string]]),
    ...(unknown.length === 0
      ? []
      : [['json-member', `expected no other members, found ${list(unknown)}`] as [string, string]]),
    ...other.map((name): [string, string] => [
      'json-kind',
      `expected ${members[name]} at ${list([name])}, found ${kindOf(object[name])}`,
    ]),
  ]
}

/**
 * What is wrong with a text that must be JSON with the members declared: it is none, is too deep, or has other members.
 * Of a member that stands twice the last counts, as in JSON.parse.
 *
 * @param path what the text is called in the findings.
 */
export const checkJson = (text: string, path: string, options: JsonOptions = {}): Finding[] =>
  problemsOf(text, options).map(([rule, message]) => ({
    rule: `text/${rule}`,
    severity: 'medium',
    title: 'The text is not the JSON that was declared',
    message,
    location: { path },
    remediation: 'Withhold the text, or ask the model again.',
    references: ['https://www.rfc-editor.org/rfc/rfc8259'],
    tags: ['CWE-20'],
  }))
