import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { checkTensors } from './check-tensors.ts'
import { type Json, type JsonObject, readJson } from './read-json.ts'
import { safetensorsRules as rules } from './rules.ts'

/** The length of the header stands before it. */
const prefixLength = 8
/** The format allows no longer header: its reader would allocate it (CWE-789). */
const maximumHeaderLength = 100_000_000

const headerLengthOf = (bytes: Uint8Array): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)

/** White space of JSON: readers skip it before, in and behind a header. */
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** A tensor is described by about as many values: two dimensions, two offsets and what holds them. */
const valuesOfTensor = 8

/** Words that stand in a header and hardly anywhere else. */
const headerWords = /"(?:__metadata__|dtype|data_offsets)"/

const recognise = ({ head, size }: Sample): 'certain' | undefined => {
  if (size < prefixLength + 2) return undefined
  let at = prefixLength
  while (isSpace(head[at])) at += 1
  if (head[at] !== 0x7b) return undefined
  do at += 1
  while (isSpace(head[at]))
  if (!hasMagic(head, '}', at) && !hasMagic(head, '"', at)) return undefined
  // Eight bytes before a brace are common; a length that fits, or what stands in a header, is not.
  const isFitting = headerLengthOf(head) <= BigInt(size - prefixLength)
  return isFitting || headerWords.test(Buffer.from(head).toString('latin1')) ? 'certain' : undefined
}

const decode = (bytes: Uint8Array, inspection: Inspection): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    inspection.report({
      rule: rules['header-encoding'],
      message: 'expected UTF-8, found bytes that are not',
      offset: prefixLength,
    })
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  }
}

const checkMetadata = (metadata: Json | undefined, inspection: Inspection): void => {
  // The reference reader takes null for none.
  if (metadata === undefined || metadata === null) return
  const reject = (inside: string): void =>
    inspection.report({ rule: rules['metadata-type'], message: 'expected text, found something else', inside })
  if (!(metadata instanceof Map)) {
    reject('__metadata__')
    return
  }
  const members: JsonObject = metadata
  for (const [key, value] of members) {
    const inside = `__metadata__.${printable(key)}`
    if (typeof value === 'string') checkText(value, 'metadata', inspection, inside)
    else reject(inside)
  }
}

/** The header of a file, as far as it is one. */
const readHeader = (bytes: Uint8Array, inspection: Inspection): JsonObject | undefined => {
  if (bytes[0] !== 0x7b) {
    const message = `expected { as the first byte of the header, found 0x${(bytes[0] ?? 0).toString(16)}`
    inspection.report({ rule: rules['header-start'], message, offset: prefixLength })
  }
  const text = decode(bytes, inspection)
  let values = 0
  const reading = readJson(text, () => {
    values += 1
    if (values % valuesOfTensor === 0) inspection.budget.takeEntry()
    if (values % 4096 === 0) inspection.budget.checkTime()
  })
  if ('problem' in reading) {
    const rule = reading.problem === 'nesting' ? rules['header-nesting'] : rules['header-syntax']
    inspection.report({ rule, message: `expected ${reading.expected} at character ${reading.at}, found none` })
    return undefined
  }
  for (const key of reading.repeated) {
    const message = `expected each key once, found ${JSON.stringify(printable(key))} again`
    inspection.report({ rule: rules['duplicate-key'], message, inside: key })
  }
  let end = reading.end
  while (isSpace(text.charCodeAt(end))) end += 1
  if (end < text.length) {
    const message = `expected only spaces behind the header, found ${JSON.stringify(printable(text.slice(end, end + 32)))}`
    inspection.report({ rule: rules['header-padding'], message })
  }
  if (reading.value instanceof Map) return reading.value
  inspection.report({ rule: rules['header-syntax'], message: 'expected an object, found another value' })
  return undefined
}

const inspect = (content: ByteSource, inspection: Inspection): void => {
  const length = headerLengthOf(content.read(0, prefixLength))
  const available = content.size - prefixLength
  if (length > BigInt(Math.min(available, maximumHeaderLength))) {
    const message = `expected a header of at most ${maximumHeaderLength} bytes within the file's ${available}, found the length ${length}`
    inspection.report({ rule: rules['header-length'], message, offset: 0 })
    return
  }
  const headerLength = Number(length)
  if (headerLength > inspection.limits.heldBytes) {
    inspection.incomplete(`not scanned: a header of more than ${inspection.limits.heldBytes} bytes`)
    return
  }
  const header = readHeader(content.read(prefixLength, headerLength), inspection)
  if (header === undefined) return
  checkMetadata(header.get('__metadata__'), inspection)
  const bufferStart = prefixLength + headerLength
  if (bufferStart % 8 !== 0) {
    const message = `expected tensors from a multiple of 8 bytes on, found ${bufferStart}`
    inspection.report({ rule: rules.alignment, message, offset: bufferStart })
  }
  checkTensors(header, bufferStart, content.size - bufferStart, inspection)
}

/** The safetensors format. */
export const safetensorsFormats: readonly Format[] = [
  { name: 'safetensors', title: 'safetensors weights', recognise, inspect },
]
