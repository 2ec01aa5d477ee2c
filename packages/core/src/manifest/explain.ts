import { z } from 'zod'
import { quoted } from '../quoted.ts'
import { closestWord } from '../suggestion.ts'
import { formatPlace, type ManifestProblem } from './problem.ts'
import { findEntry, type YamlEntry } from './yaml-documents.ts'

const nouns: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const offer = (words: readonly unknown[]): string => `expected one of ${words.join(', ')}`

/** The words that a message offers, as {@link offer} and the schemas write it. */
const offered = (message: string): string[] =>
  message.startsWith('expected one of ') ? message.slice('expected one of '.length).split(', ') : []

const bound = (
  issue: { origin: string; inclusive?: boolean | undefined },
  limit: number | bigint,
  side: 'least' | 'most',
) => {
  if (issue.origin === 'array') return `expected at ${side} ${limit} ${limit === 1 ? 'entry' : 'entries'}`
  if (issue.inclusive) return `expected at ${side} ${limit}`
  return `expected a number ${side === 'least' ? 'above' : 'below'} ${limit}`
}

/** What was expected, for what the schemas themselves leave unsaid. */
const describeIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${nouns[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return issue.values.length === 1 ? `expected ${String(issue.values[0])}` : offer(issue.values)
    case 'invalid_union':
      return offer(Array.isArray(issue.options) ? issue.options : [])
    case 'unrecognized_keys':
      return offer(issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : [])
    case 'too_small':
      return bound(issue, issue.minimum, 'least')
    case 'too_big':
      return bound(issue, issue.maximum, 'most')
    default:
      return 'expected another value'
  }
}

const describeFound = ({ data, source }: YamlEntry): string => {
  if (data === null) return 'nothing'
  if (Array.isArray(data)) return data.length === 0 ? 'an empty list' : 'a list'
  if (typeof data === 'object') return 'a map'
  return typeof data === 'string' ? quoted(data) : `the ${typeof data} ${source ?? data}`
}

/** More choices than these are not listed where one of them is meant. */
const longestOffer = 8

/** What a word that is none of the choices of the message may have meant. */
const explainChoice = (word: unknown, message: string): string | undefined => {
  const words = offered(message)
  const suggestion = typeof word === 'string' ? closestWord(word, words) : undefined
  if (suggestion === undefined) return undefined
  const expected = words.length > longestOffer ? `expected one of ${words.length} choices` : message
  return `${expected}; found ${quoted(String(word))}; did you mean ${quoted(suggestion)}?`
}

const explainIssue = (issue: z.core.$ZodIssue, document: YamlEntry, file: string): ManifestProblem[] => {
  const { message } = issue
  const path = formatPlace(issue.path)
  const { entry, isMissing } = findEntry(document, issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const suggestion = closestWord(key, offered(message))
      const hint = suggestion === undefined ? message : `did you mean ${quoted(suggestion)}?`
      const { keyPosition } = findEntry(entry, [key]).entry
      return {
        file,
        ...keyPosition,
        path: formatPlace([...issue.path, key]),
        message: `unknown key ${quoted(key)}; ${hint}`,
      }
    })
  }
  const text = isMissing
    ? `missing ${quoted(String(issue.path.at(-1)))}: ${message}`
    : (explainChoice(entry.data, message) ?? `${message}; found ${describeFound(entry)}`)
  return [{ file, ...entry.position, path, message: text }]
}

/** What `schema` makes of a document: the value, or every problem with its place. */
export const parseDocument = <Output>(
  schema: z.ZodType<Output>,
  document: YamlEntry,
  file: string,
): { value: Output } | { problems: ManifestProblem[] } => {
  const result = schema.safeParse(document.data, { error: describeIssue })
  if (result.success) return { value: result.data }
  return { problems: result.error.issues.flatMap((issue) => explainIssue(issue, document, file)) }
}
