import { type Mention, mentionOf } from '@nootropic/access'
import type { AuditEntry, Json } from '@nootropic/core'
import type { Subject } from './people.ts'

/** What stands for a person whose name is not shown. */
export const pseudonymText = (pseudonym: string): string => `person:${pseudonym}`

/** What stands for somebody who is named in passing and of whom nothing is kept. */
export const somebody = 'somebody'

/** The pseudonyms in a text. */
export const pseudonymPattern = /person:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/g

// Somebody who is named in an entry's own members gets a pseudonym. More than these few would be somebody's attempt to fill
// the key store (CWE-770): the others are named in passing.
const maximumNamed = 4
// Of those who are named in passing so many are looked for; the text may be a caller's (CWE-770).
const maximumPassing = 16
// As authorisation's reasons and our own texts name people.
const inText = [/\buser:([^\s"'`,;()[\]{}<>]+)/gu, /\buser ("(?:[^"\\]|\\.)*")/gu]

/** A user, given as `user:<id>`. */
export const userIn = (text: string): Subject | undefined =>
  text.startsWith('user:') && text.length > 5 ? { type: 'user', id: text.slice(5) } : undefined

const isUser = (value: { readonly [key: string]: Json }): value is { type: 'user'; id: string } =>
  value.type === 'user' && typeof value.id === 'string' && value.id !== ''

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every text of a JSON value, names of members included. */
export const textsOf = (value: Json): string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return isRecord(value) ? Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]) : []
}

/** A JSON value with every text of it changed. */
export const mapTexts = (value: Json, change: (text: string) => string): Json => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((inner: Json) => mapTexts(inner, change))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [change(name), mapTexts(inner, change)]))
}

const usersIn = (value: Json): Subject[] => {
  if (typeof value === 'string') return [userIn(value)].filter((user) => user !== undefined)
  if (Array.isArray(value)) return value.flatMap(usersIn)
  if (!isRecord(value)) return []
  return isUser(value) ? [{ type: 'user', id: value.id }] : Object.values(value).flatMap(usersIn)
}

const unquoted = (text: string): string => {
  if (!text.startsWith('"')) return text.replace(/[.:!?]+$/, '')
  try {
    return String(JSON.parse(text))
  } catch {
    return ''
  }
}

const usersInText = (text: string): Subject[] =>
  inText.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, name = '']) => {
      const id = unquoted(name)
      return id === '' ? [] : [{ type: 'user', id }]
    }),
  )

const once = (users: readonly Subject[]): Subject[] => [...new Map(users.map((user) => [user.id, user])).values()]

/** The people whom an entry is about, in its own members, and those whom it names in passing, in a text. */
export const peopleIn = ({
  actor,
  resource,
  reason,
  details = {},
}: AuditEntry): { named: Subject[]; passing: Subject[] } => {
  const named = once([...usersIn(actor), ...usersIn(resource), ...usersIn(details)])
  const texts = [reason ?? '', ...textsOf(details)].flatMap(usersInText)
  const isNamed = new Set(named.slice(0, maximumNamed).map(({ id }) => id))
  const passing = once([...named.slice(maximumNamed), ...texts]).filter(({ id }) => !isNamed.has(id))
  return { named: named.slice(0, maximumNamed), passing: passing.slice(0, maximumPassing) }
}

/** Takes every name out of a JSON value that our texts would give to a user, but those that are kept. */
export const withoutStrangers = (value: Json, kept: readonly Subject[]): Json => {
  const ids = new Set(kept.map(({ id }) => id))
  const change = (text: string): string =>
    inText.reduce(
      (changed, pattern) =>
        changed.replaceAll(pattern, (found, name: string) => (ids.has(unquoted(name)) ? found : somebody)),
      text,
    )
  return mapTexts(value, (text) => (ids.has(userIn(text)?.id ?? '') ? text : change(text)))
}

/** Puts something in the place of one person's name, wherever it stands in a JSON value. */
export const replaceName = (value: Json, subject: Subject, by: string | undefined): Json => {
  const mention: Mention = mentionOf(subject)
  const replacement = by ?? somebody
  const replace = (inner: Json): Json => {
    if (Array.isArray(inner)) return inner.map((one: Json) => replace(one))
    if (!isRecord(inner)) return typeof inner === 'string' ? mention.replaceIn(inner, replacement) : inner
    if (isUser(inner) && inner.id === subject.id) return replacement
    return Object.fromEntries(
      Object.entries(inner).map(([name, one]) => [mention.replaceIn(name, replacement), replace(one)]),
    )
  }
  return replace(value)
}
