import type { Budget } from '../budget.ts'

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as text, if it is one. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

interface Place {
  readonly key: string
  readonly parent: Place | undefined
}

// A path deeper than this is shown by its end; building it whole for every value of a deep document is quadratic.
const shownSteps = 24

const pathOf = (place: Place | undefined): string => {
  const steps: string[] = []
  for (let at = place; at !== undefined && steps.length < shownSteps; at = at.parent) steps.push(at.key)
  return steps.reverse().join('.')
}

const timeCheckInterval = 1024

/** Every object of a parsed document and its path, without recursion: a document may be as deep as it is long (CWE-674). */
export function* walkObjects(document: unknown, budget: Budget): Generator<{ value: JsonObject; path: () => string }> {
  const waiting: { readonly value: unknown; readonly place: Place | undefined }[] = [
    { value: document, place: undefined },
  ]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, place } = next
    count += 1
    if (count % timeCheckInterval === 0) budget.checkTime()
    if (typeof value !== 'object' || value === null) continue
    if (isObject(value)) yield { value, path: () => pathOf(place) }
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'object' && inner !== null) waiting.push({ value: inner, place: { key, parent: place } })
    }
  }
}
