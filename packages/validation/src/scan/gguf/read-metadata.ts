import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { type Cursor, readLength } from './cursor.ts'
import { Malformed } from './malformed.ts'
import { ggufRules as rules } from './rules.ts'

/** The types of values by their numbers, with the bytes of those that have a fixed size. */
const valueTypes = [
  ['uint8', 1],
  ['int8', 1],
  ['uint16', 2],
  ['int16', 2],
  ['uint32', 4],
  ['int32', 4],
  ['float32', 4],
  ['bool', 1],
  ['string', 0],
  ['array', 0],
  ['uint64', 8],
  ['int64', 8],
  ['float64', 8],
] as const

/** The name of a value's type; of an array `array of` and the type of its elements. */
export type ValueType = (typeof valueTypes)[number][0] | `array of ${string}`

/** A value of the metadata, as far as the scanner needs it. */
export interface Entry {
  readonly key: string
  readonly type: ValueType
  /** Elements of an array. */
  readonly length?: number
  /** A string, or the strings of an array whose key says that it holds templates. */
  readonly texts: readonly string[]
  /** A `uint32`. */
  readonly number?: number
}

/** The format allows 65,535 bytes; the longest key in use has 60, and all are held (CWE-789). */
const maximumKeyLength = 256
/** A longer text is no template and no description; it is not held (CWE-789). */
const maximumTextLength = 1 << 20
/** Models have a handful of named templates (CWE-770). */
const maximumTemplates = 64

/** What a loader renders. */
export const isTemplateKey = (key: string): boolean =>
  key.startsWith('tokenizer.chat_template') || /(?:^|[._])prompt_template$/.test(key)

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const readText = (cursor: Cursor, key: string, inspection: Inspection): readonly string[] => {
  const length = readLength(cursor, `the text of ${key}`)
  if (length > maximumTextLength) {
    inspection.incomplete(`not scanned: ${key} is a text of more than ${maximumTextLength} bytes`)
    cursor.skip(length)
    return []
  }
  return [decode(cursor.bytes(length))]
}

const readArray = (cursor: Cursor, key: string, inspection: Inspection): Entry => {
  const offset = cursor.offset
  const number = cursor.uint32()
  const count = cursor.count()
  const [type, size] = valueTypes[number] ?? [undefined, 0]
  if (type === undefined) {
    const message = `expected an array of a known type, found type ${number} in ${key}`
    throw new Malformed({ rule: rules['value-type'], message, offset, inside: key })
  }
  if (type === 'array') {
    const message = `expected an array of single values, found an array of arrays in ${key}`
    throw new Malformed({ rule: rules['nested-array'], message, offset, inside: key })
  }
  // An empty string takes four bytes at least.
  if (count * BigInt(type === 'string' ? 4 : size) > BigInt(cursor.remaining)) {
    const message = `expected an array within the ${cursor.remaining} bytes that are left, found ${count} elements`
    throw new Malformed({ rule: rules['array-length'], message, offset, inside: key })
  }
  const length = Number(count)
  const texts: string[] = []
  if (type !== 'string') cursor.skip(length * size)
  else if (isTemplateKey(key) && length <= maximumTemplates) {
    for (let index = 0; index < length; index += 1) texts.push(...readText(cursor, key, inspection))
  } else {
    if (isTemplateKey(key)) inspection.incomplete(`not scanned: more than ${maximumTemplates} templates in ${key}`)
    for (let index = 0; index < length; index += 1) {
      if (index % 4096 === 0) inspection.budget.checkTime()
      cursor.skip(readLength(cursor, `an element of ${key}`))
    }
  }
  return { key, type: `array of ${type}`, length, texts }
}

const readValue = (cursor: Cursor, key: string, inspection: Inspection): Entry => {
  const offset = cursor.offset
  const number = cursor.uint32()
  const [type, size] = valueTypes[number] ?? [undefined, 0]
  if (type === undefined) {
    const message = `expected a value of a known type, found type ${number} in ${key}`
    throw new Malformed({ rule: rules['value-type'], message, offset, inside: key })
  }
  if (type === 'array') return readArray(cursor, key, inspection)
  if (type === 'string') return { key, type, texts: readText(cursor, key, inspection) }
  if (type === 'uint32') return { key, type, texts: [], number: cursor.uint32() }
  if (type === 'bool') {
    const value = cursor.uint8()
    const message = `expected 0 or 1, found ${value}`
    if (value > 1) inspection.report({ rule: rules.boolean, message, offset: offset + 4, inside: key })
  } else cursor.bytes(size)
  return { key, type, texts: [] }
}

const readKey = (cursor: Cursor, inspection: Inspection): string => {
  const offset = cursor.offset
  const length = readLength(cursor, 'a key')
  if (length > maximumKeyLength) {
    const message = `expected a key of at most ${maximumKeyLength} bytes, found ${length}`
    throw new Malformed({ rule: rules.key, message, offset })
  }
  const key = decode(cursor.bytes(length))
  if (key === '' || /[\p{Cc}\p{Bidi_Control}\uFFFD]/u.test(key)) {
    const message = `expected the name of an entry, found ${JSON.stringify(printable(key))}`
    inspection.report({ rule: rules.key, message, offset })
  }
  return key
}

/** Reads `count` entries one by one: their texts together may be larger than memory. @throws Malformed where reading cannot go on */
export function* readMetadata(cursor: Cursor, count: number, inspection: Inspection): Generator<Entry> {
  const seen = new Set<string>()
  for (let index = 0; index < count; index += 1) {
    inspection.budget.takeEntry()
    if (index % 1024 === 0) inspection.budget.checkTime()
    const offset = cursor.offset
    const key = readKey(cursor, inspection)
    if (seen.has(key)) {
      const message = `expected each entry once, found ${JSON.stringify(printable(key))} again`
      inspection.report({ rule: rules['duplicate-key'], message, offset, inside: key })
    }
    seen.add(key)
    yield readValue(cursor, key, inspection)
  }
}
