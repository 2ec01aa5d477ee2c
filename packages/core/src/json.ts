import { z } from 'zod'

// No fact of ours is deeper, and checking recurses (CWE-674).
const maximumDepth = 64

const isJson = (value: unknown, depth: number): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth === maximumDepth) return false
  const prototype = Object.getPrototypeOf(value)
  const isPlain = Array.isArray(value) || prototype === Object.prototype || prototype === null
  return isPlain && Object.values(value).every((member) => isJson(member, depth + 1))
}

/** A JSON value of at most 64 levels; deeper ones are refused, where `z.json()` would end the stack. */
export const jsonSchema = z.custom<z.core.util.JSONType>(
  (value) => isJson(value, 0),
  `expected a JSON value of at most ${maximumDepth} levels`,
)

/**
 * A copy of a value as JSON carries it, with U+FFFD for lone surrogates, which have no bytes: whoever cuts a text can
 * leave one, and a fact must not go unrecorded for it.
 */
export const wellFormedJson = <Value>(value: Value): Value =>
  JSON.parse(JSON.stringify(value), (_, member) =>
    typeof member === 'string' ? Buffer.from(member).toString() : member,
  )
