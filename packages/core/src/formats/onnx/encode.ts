import { NootropicError } from '../../errors.ts'
import { type MessageType, type NamedField, wireTypes } from './field.ts'
import type { TensorBytes, UnknownField } from './model.ts'
import { Origin, type OriginPlace, originKey } from './origin.ts'
import { WireReader } from './wire-reader.ts'
import { delimited, type Encoded, float32, joined, tag, varint } from './wire-writer.ts'

type Content = Readonly<Record<string | symbol, unknown>>

const placeOf = (message: Content): OriginPlace | undefined => {
  const origin = message[originKey]
  return origin instanceof Origin ? Origin.placeOf(origin) : undefined
}

const inMemory = (bytes: TensorBytes): Uint8Array => {
  if (bytes instanceof Uint8Array) return bytes
  throw new NootropicError(
    'USAGE',
    'expected a model whose bytes are in memory, got one of readOnnxFile; read it with readOnnx to write it',
  )
}

const encodeText = (value: string): Uint8Array => {
  // A lone surrogate has no UTF-8; the encoder would write U+FFFD in its place without a word.
  if (/\p{Cs}/u.test(value))
    throw new NootropicError('USAGE', 'expected well-formed text to write into a model, got a lone surrogate')
  return new TextEncoder().encode(value)
}

const verbatim = (file: Uint8Array, from: number, to: number): Encoded => joined([file.subarray(from, to)])

/** One value of a field, with its tag. */
const encodeValue = (field: NamedField, value: unknown): Encoded => {
  switch (field.kind) {
    case 'message':
      return encodeMessageField(field, value as Content)
    case 'text':
      return delimited(field.number, encodeText(value as string))
    case 'bytes':
    case 'range':
    case 'packed':
      return delimited(field.number, inMemory(value as TensorBytes))
    case 'float':
      return joined([tag(field.number, wireTypes.fixed32), float32(value as number)])
    default:
      return joined([tag(field.number, wireTypes.varint), varint(value as number | bigint)])
  }
}

const encodeMessageField = (field: NamedField, message: Content): Encoded => {
  const place = placeOf(message)
  if (place?.message === message && place.field === field.number) return verbatim(place.file, place.tag, place.end)
  return delimited(field.number, encodeMessage((field.type as () => MessageType)(), message))
}

const encodeUnknown = ({ number, wireType, bytes }: UnknownField): Encoded =>
  wireType === wireTypes.lengthDelimited
    ? delimited(number, inMemory(bytes))
    : joined([tag(number, wireType), inMemory(bytes)])

const isAbsent = (field: NamedField, value: unknown): boolean => value === undefined || value === field.absent

const encodeField = (field: NamedField, value: unknown): Encoded => {
  if (field.repeated) return joined(((value ?? []) as readonly unknown[]).map((item) => encodeValue(field, item)))
  return isAbsent(field, value) ? joined([]) : encodeValue(field, value)
}

const encodeUnknownFields = (message: Content): Encoded =>
  joined(((message.unknownFields ?? []) as readonly UnknownField[]).map(encodeUnknown))

const encodeNew = (type: MessageType, message: Content): Encoded =>
  joined([...type.fields.map((field) => encodeField(field, message[field.name])), encodeUnknownFields(message)])

/** Each field of an encoded message: number, wire type, where its tag stands and where it ends. */
function* fieldsOf(file: Uint8Array, start: number, end: number) {
  const reader = new WireReader(file)
  reader.position = start
  while (reader.position < end) {
    const at = reader.position
    const encodedTag = reader.tag()
    const wireType = encodedTag & 7
    if (wireType === wireTypes.varint) reader.varint()
    else if (wireType === wireTypes.lengthDelimited) {
      const length = reader.lengthWithin(end)
      reader.position += length
    } else reader.position += wireType === wireTypes.fixed64 ? 8 : 4
    yield { number: encodedTag >>> 3, at, end: reader.position }
  }
}

/** Whether the elements of a field stand one by one, so that each can be kept or replaced alone. */
const isListed = (field: NamedField): boolean => field.repeated && field.wireType === wireTypes.lengthDelimited

/**
 * A changed copy of a message that was read: goes through its old bytes field by field and keeps what is the same, in
 * its place and its encoding. What is new follows the field's last old value, or, for a new field, the message's end.
 */
const encodeChanged = (type: MessageType, message: Content, place: OriginPlace): Encoded => {
  const before = place.message
  const parts: Encoded[] = []
  const occurrences = new Map<number, number>()
  const keepsUnknown = message.unknownFields === before.unknownFields
  for (const { number, at, end } of fieldsOf(place.file, place.start, place.end)) {
    const kept = verbatim(place.file, at, end)
    const field = type.byNumber[number]
    if (field === undefined) {
      if (keepsUnknown) parts.push(kept)
      continue
    }
    const index = occurrences.get(number) ?? 0
    occurrences.set(number, index + 1)
    const [old, current] = [before[field.name], message[field.name]]
    if (Object.is(old, current)) parts.push(kept)
    else if (!isListed(field)) {
      if (index === 0) parts.push(encodeField(field, current))
    } else {
      const oldItems = old as readonly unknown[]
      const items = (current ?? []) as readonly unknown[]
      const last = index === oldItems.length - 1 ? items.length : index + 1
      for (let item = index; item < last && item < items.length; item += 1)
        parts.push(
          item < oldItems.length && Object.is(items[item], oldItems[item]) ? kept : encodeValue(field, items[item]),
        )
    }
  }
  for (const field of type.fields)
    if (!occurrences.has(field.number)) parts.push(encodeField(field, message[field.name]))
  if (!keepsUnknown) parts.push(encodeUnknownFields(message))
  return joined(parts)
}

/** The content of a message: the bytes it was read from where it is the same, encoded anew where it is not. */
export const encodeMessage = (type: MessageType, message: Content): Encoded => {
  const place = placeOf(message)
  if (place === undefined) return encodeNew(type, message)
  if (place.message === message) return verbatim(place.file, place.start, place.end)
  return encodeChanged(type, message, place)
}
