import type { ByteSource } from '../source.ts'
import { StructureError, tooLarge } from './byte-cursor.ts'

/** One field of a message in the wire format of Protocol Buffers. */
export interface ProtobufField {
  readonly number: number
  readonly kind: 'varint' | 'fixed64' | 'bytes' | 'fixed32'
  /** Of a varint, and of nothing else; above 2^53 not exact. */
  readonly value: number
  /** Where its tag stands. */
  readonly offset: number
  /** Where its bytes stand, behind its tag and length. */
  readonly start: number
  readonly end: number
}

/** A message, or the bytes of a field, in a content. */
export type ProtobufRange = Pick<ProtobufField, 'start' | 'end'>

const kinds = ['varint', 'fixed64', 'bytes', undefined, undefined, 'fixed32'] as const

/** A varint of 64 bits has ten bytes at most (CWE-770). */
const maximumVarintLength = 10

const windowLength = 4096

/** Reads fields one after another, by way of a window: messages are small and stand close together. */
const createFieldReader = (content: ByteSource) => {
  let window: Uint8Array = new Uint8Array(0)
  let windowAt = 0
  let offset = 0
  const varint = (end: number): number => {
    let value = 0
    for (let index = 0; index < maximumVarintLength; index += 1) {
      if (offset >= end) throw new StructureError(offset, 'expected a number, found the end')
      if (offset < windowAt || offset >= windowAt + window.length) {
        window = content.read(offset, windowLength)
        windowAt = offset
      }
      const byte = window[offset - windowAt] ?? 0
      offset += 1
      value += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return value
    }
    throw new StructureError(offset, 'expected a number of at most ten bytes, found a longer one')
  }
  /** The field that begins at `at` in a message that ends at `end`; the next one begins where it ends. */
  return (at: number, end: number): ProtobufField => {
    offset = at
    const tag = varint(end)
    const kind = kinds[tag % 8]
    const number = Math.floor(tag / 8)
    if (kind === undefined || number === 0 || number >= 2 ** 29) {
      throw new StructureError(at, `expected a field of a message, found tag ${tag}`)
    }
    const from = offset
    const value = kind === 'varint' || kind === 'bytes' ? varint(end) : 0
    if (kind === 'varint') return { number, kind, value, offset: at, start: from, end: offset }
    const length = kind === 'bytes' ? value : kind === 'fixed64' ? 8 : 4
    if (length > end - offset) {
      throw new StructureError(at, `expected ${length} bytes, found the end of the message after ${end - offset}`)
    }
    return { number, kind, value: 0, offset: at, start: offset, end: offset + length }
  }
}

/**
 * The fields of the message that stands between two places of a content. It throws {@link StructureError} where there is none:
 * groups are none, because proto3 and the formats that are read here do without.
 */
export const protobufFields = (content: ByteSource, start = 0, end = content.size): Generator<ProtobufField, void> =>
  new ProtobufReader(content).fields({ start, end })

/** Reads messages out of a content through one window that goes with them. */
export class ProtobufReader {
  readonly content: ByteSource
  readonly #readField: ReturnType<typeof createFieldReader>

  constructor(content: ByteSource) {
    this.content = content
    this.#readField = createFieldReader(content)
  }

  /** The fields of the message in a range. @throws StructureError where the bytes are none */
  *fields({ start, end }: ProtobufRange): Generator<ProtobufField, void> {
    if (end > this.content.size) throw new StructureError(start, `expected ${end - start} bytes, found the end`)
    for (let at = start; at < end; ) {
      const field = this.#readField(at, end)
      at = field.end
      yield field
    }
  }

  /** The text of a field, at most `maximumLength` bytes of it. */
  text(range: ProtobufRange, maximumLength = 4096): string {
    return textOfField(this.content, range, maximumLength)
  }
}

/** Whether a content answers a question about its fields with yes; what is no message answers no. */
export const parsesAs = (check: () => boolean): boolean => {
  try {
    return check()
  } catch (error) {
    if (error instanceof StructureError) return false
    throw error
  }
}

/** The text of a field. What is longer than a name is cut off. */
export const textOfField = (content: ByteSource, { start, end }: ProtobufRange, maximumLength = 1024): string =>
  Buffer.from(content.read(start, Math.min(end - start, maximumLength))).toString('utf8')

/** The kinds that the fields of a message must have, by number; a field that is not named makes it another message. */
export type MessageShape = Readonly<Record<number, ProtobufField['kind']>>

/**
 * The first fields of a message when all of them fit a shape, or nothing: formats without a magic are told from one another so.
 *
 * @param count how many are looked at; what follows is not.
 */
export const fieldsOfShape = (
  content: ByteSource,
  shape: MessageShape,
  { start = 0, end = content.size, count = 64 } = {},
): readonly ProtobufField[] | undefined => {
  const fields: ProtobufField[] = []
  try {
    for (const field of protobufFields(content, start, end)) {
      if (shape[field.number] !== field.kind) return undefined
      fields.push(field)
      if (fields.length >= count) break
    }
  } catch (error) {
    if (error instanceof StructureError) return undefined
    throw error
  }
  return fields
}

/** Messages inside one another (CWE-674), and of one walk (CWE-770). */
const maximumDepth = 64
const maximumMessages = 1_000_000
const messagesPerCheck = 1024

/** A place in a tree of messages: from the message `name`, its field `number` leads to the message that `to` names. */
export type MessageTree = Readonly<Record<string, Readonly<Record<number, string>>>>

/**
 * Walks a tree of messages, and hands on every field of each with the name of its message. Only the fields that the tree
 * names are entered, so that weights cost nothing.
 */
export const walkMessages = (
  content: ByteSource,
  tree: MessageTree,
  root: string,
  visit: (message: string, field: ProtobufField) => void,
  checkTime: () => void,
): void => {
  const readField = createFieldReader(content)
  let messages = 0
  const enter = (message: string, start: number, end: number, depth: number): void => {
    messages += 1
    if (messages % messagesPerCheck === 0) checkTime()
    if (messages > maximumMessages) throw tooLarge(`${maximumMessages} messages`)
    if (depth > maximumDepth) {
      throw new StructureError(start, `expected at most ${maximumDepth} messages inside one another, found more`)
    }
    const inner = tree[message] ?? {}
    for (let at = start; at < end; ) {
      const field = readField(at, end)
      at = field.end
      visit(message, field)
      const next = inner[field.number]
      if (next !== undefined && field.kind === 'bytes') enter(next, field.start, field.end, depth + 1)
    }
  }
  enter(root, 0, content.size, 0)
}
