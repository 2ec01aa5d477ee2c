/** JSON as its bytes say it: an integer keeps all its digits, and an object all its members but repeated ones. */
export type Json = null | boolean | string | number | bigint | readonly Json[] | JsonObject
/** The members of an object; of a repeated key the last one, as most readers take it. */
export type JsonObject = ReadonlyMap<string, Json>

/** What a JSON text is. */
export type JsonReading =
  /** `end` is the index behind the value. */
  | { readonly value: Json; readonly end: number; readonly repeated: readonly string[] }
  | { readonly problem: 'syntax' | 'nesting'; readonly expected: string; readonly at: number }

/** serde_json, which the reference reader is built on, refuses more; a deeper text exhausts the stack (CWE-674). */
const maximumDepth = 128
/** A number of more characters is no size of anything, and slow to convert (CWE-1333). */
const maximumNumberLength = 64
/** Repeated keys that are told; a hostile header could hold a million (CWE-770). */
const maximumRepeated = 100

class JsonProblem extends Error {
  readonly problem: 'syntax' | 'nesting'
  readonly at: number
  constructor(problem: 'syntax' | 'nesting', expected: string, at: number) {
    super(expected)
    this.problem = problem
    this.at = at
  }
}

const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const constants = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/**
 * Reads the JSON value that a text begins with. `JSON.parse` would hide what makes two readers disagree: repeated keys,
 * and digits beyond 2^53.
 *
 * @param onValue called for every value; it may throw to stop.
 */
export const readJson = (text: string, onValue: () => void): JsonReading => {
  const repeated: string[] = []
  let at = 0

  const skipSpace = (): void => {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      at += 1
    }
  }
  const take = (mark: string): boolean => {
    skipSpace()
    if (text[at] !== mark) return false
    at += 1
    return true
  }
  const expectMark = (mark: string): void => {
    if (!take(mark)) throw new JsonProblem('syntax', `\`${mark}\``, at)
  }

  const readString = (): string => {
    const start = at
    expectMark('"')
    let isPlain = true
    for (;;) {
      const code = text.charCodeAt(at)
      if (Number.isNaN(code) || code < 0x20) throw new JsonProblem('syntax', 'the end of a string', at)
      at += 1
      if (code === 0x22) break
      if (code === 0x5c) {
        isPlain = false
        at += 1
      }
    }
    const literal = text.slice(start, at).trimStart()
    if (isPlain) return literal.slice(1, -1)
    try {
      return JSON.parse(literal) as string
    } catch {
      throw new JsonProblem('syntax', 'a string with the escapes of JSON', start)
    }
  }

  const readNumber = (): number | bigint => {
    number.lastIndex = at
    const match = number.exec(text)
    if (match === null) throw new JsonProblem('syntax', 'a value', at)
    const [literal, fraction, exponent] = match
    if (literal.length > maximumNumberLength) throw new JsonProblem('syntax', 'a number that is not longer', at)
    at += literal.length
    // serde_json takes minus zero for a fraction.
    const isInteger = fraction === undefined && exponent === undefined && literal !== '-0'
    return isInteger ? BigInt(literal) : Number(literal)
  }

  const readObject = (depth: number): JsonObject => {
    const members = new Map<string, Json>()
    expectMark('{')
    if (take('}')) return members
    do {
      const key = readString()
      if (members.has(key) && repeated.length < maximumRepeated) repeated.push(key)
      expectMark(':')
      members.set(key, readValue(depth + 1))
    } while (take(','))
    expectMark('}')
    return members
  }

  const readArray = (depth: number): readonly Json[] => {
    const items: Json[] = []
    expectMark('[')
    if (take(']')) return items
    do items.push(readValue(depth + 1))
    while (take(','))
    expectMark(']')
    return items
  }

  const readValue = (depth: number): Json => {
    onValue()
    skipSpace()
    if (depth > maximumDepth) throw new JsonProblem('nesting', `at most ${maximumDepth} values inside one another`, at)
    const mark = text[at]
    if (mark === '{') return readObject(depth)
    if (mark === '[') return readArray(depth)
    if (mark === '"') return readString()
    for (const [name, value] of constants) {
      if (!text.startsWith(name, at)) continue
      at += name.length
      return value
    }
    return readNumber()
  }

  try {
    const value = readValue(1)
    return { value, end: at, repeated }
  } catch (error) {
    if (error instanceof JsonProblem) return { problem: error.problem, expected: error.message, at: error.at }
    throw error
  }
}
