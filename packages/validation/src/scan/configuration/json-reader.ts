/** Nesting that a document may have: Python's own parser gives up at about a thousand (CWE-674). */
const maximumDepth = 512

/**
 * Objects and arrays, objects alone, keys of one object, and all values: about 200 MB in memory at most (CWE-789). The
 * merges of the largest tokenizers are 600,000 arrays, their vocabularies 260,000 keys.
 */
const maximumContainers = 1 << 20
const maximumObjects = 1 << 18
const maximumKeys = 1 << 19
const maximumValues = 1 << 23

/** Duplicate keys that are told. */
const maximumDuplicates = 100

/** Why a document was not read to its end. */
interface JsonFault {
  readonly kind: 'syntax' | 'depth' | 'size'
  /** In characters from the start. */
  readonly offset: number
  readonly message: string
}

/** What was read, up to the fault if there is one. */
export interface JsonReading {
  /** One, or one a line; the last is what was read of it when there is a fault. */
  readonly documents: readonly unknown[]
  readonly duplicates: readonly { readonly key: string; readonly offset: number }[]
  readonly fault?: JsonFault
}

class Fault extends Error {
  readonly fault: JsonFault

  constructor(kind: JsonFault['kind'], offset: number, message: string) {
    super(message)
    this.fault = { kind, offset, message }
  }
}

const numberToken = /-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|Infinity)|NaN/y
const wordToken = /true|false|null/y
const words = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

type Container = Record<string, unknown> | unknown[]

/**
 * Reads JSON as lenient loaders do: NaN and Infinity as Python writes them, comments and a comma before the end as
 * editors allow them, and one document after another. Unlike `JSON.parse` it sees keys that stand twice, and keeps what
 * stood before a fault. Time and memory are linear in the text.
 */
export const readJson = (text: string): JsonReading => {
  const documents: unknown[] = []
  const duplicates: { key: string; offset: number }[] = []
  let at = 0
  let containers = 0
  let objects = 0
  let values = 0

  const fail = (expected: string): never => {
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 10)) : 'the end'
    throw new Fault('syntax', at, `expected ${expected}, found ${found}`)
  }
  const skipComment = (): void => {
    const isLine = text[at + 1] === '/'
    if (!isLine && text[at + 1] !== '*') fail('a value')
    const end = text.indexOf(isLine ? '\n' : '*/', at + 2)
    at = end < 0 ? text.length : end + (isLine ? 1 : 2)
  }
  const skipSpace = (): void => {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xfeff) at += 1
      else if (code === 0x2f) skipComment()
      else return
    }
  }
  const readText = (): string => {
    const start = at + 1
    let end = text.indexOf('"', start)
    if (end < 0) fail('a closing quote')
    let raw = text.slice(start, end)
    if (!raw.includes('\\')) {
      at = end + 1
      return raw
    }
    for (end = start; text[end] !== '"'; end += text[end] === '\\' ? 2 : 1)
      if (end >= text.length) fail('a closing quote')
    raw = text.slice(start, end)
    at = end + 1
    try {
      return JSON.parse(`"${raw.replaceAll(/[\n\r\t]/g, ' ')}"`) as string
    } catch {
      throw new Fault('syntax', start, 'expected escapes of JSON, found others')
    }
  }
  const readScalar = (): unknown => {
    if (text[at] === '"') return readText()
    numberToken.lastIndex = at
    const number = numberToken.exec(text)?.[0]
    if (number !== undefined) {
      at += number.length
      return Number(number)
    }
    wordToken.lastIndex = at
    const word = wordToken.exec(text)?.[0] ?? fail('a value')
    at += word.length
    return words.get(word)
  }
  const readKey = (object: Record<string, unknown>): string => {
    if (text[at] !== '"') fail('a key')
    const offset = at
    const key = readText()
    if (Object.hasOwn(object, key) && duplicates.length < maximumDuplicates) duplicates.push({ key, offset })
    skipSpace()
    if (text[at] !== ':') fail('a colon')
    at += 1
    return key
  }
  const put = (container: Container, key: string, value: unknown): void => {
    if (Array.isArray(container)) container.push(value)
    else if (key !== '__proto__') container[key] = value
    else Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true })
  }
  const bound = (count: number, maximum: number, what: string): void => {
    if (count > maximum) throw new Fault('size', at, `expected at most ${maximum} ${what}, found more`)
  }
  const fill = (container: Container, depth: number): void => {
    if (depth > maximumDepth) throw new Fault('depth', at, `expected at most ${maximumDepth} levels, found more`)
    const isList = Array.isArray(container)
    containers += 1
    objects += isList ? 0 : 1
    bound(containers, maximumContainers, 'containers')
    bound(objects, maximumObjects, 'objects')
    const close = isList ? ']' : '}'
    at += 1
    for (let keys = 1; ; keys += 1) {
      skipSpace()
      if (text[at] === close) break
      if (!isList) bound(keys, maximumKeys, 'keys of one object')
      const key = isList ? '' : readKey(container)
      readInto((value) => put(container, key, value), depth)
      skipSpace()
      if (text[at] === close) break
      if (text[at] !== ',') fail(`a comma or ${close}`)
      at += 1
    }
    at += 1
  }
  const readInto = (keep: (value: unknown) => void, depth: number): void => {
    values += 1
    bound(values, maximumValues, 'values')
    skipSpace()
    const opener = text[at]
    if (opener !== '{' && opener !== '[') {
      keep(readScalar())
      return
    }
    const container: Container = opener === '[' ? [] : {}
    try {
      fill(container, depth + 1)
    } finally {
      // What was read stays when the rest fails. A list that grew has room for sixteen more: a copy has not.
      keep(Array.isArray(container) ? container.slice() : container)
    }
  }

  try {
    skipSpace()
    while (at < text.length) {
      readInto((value) => documents.push(value), 0)
      skipSpace()
    }
    return { documents, duplicates }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { documents, duplicates, fault: error.fault }
  }
}
