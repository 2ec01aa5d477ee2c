import type { Message } from './model.ts'

/** The wire types of protobuf that ONNX uses. Groups (3 and 4) are refused. */
export const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const

/**
 * How a field's value stands in the file and in memory. `range` is bytes that may stay on disk; `packed` is numbers of
 * a tensor, kept as they are encoded.
 */
export type FieldKind =
  | 'text'
  | 'bytes'
  | 'range'
  | 'float'
  | 'int64'
  | 'integer'
  | 'dimension'
  | 'enumeration'
  | 'packed'
  | 'message'

declare const valueType: unique symbol

/** One field of a message; `T` is the type that the model's interface gives it. */
export interface Field<T = unknown> {
  readonly [valueType]?: T
  readonly number: number
  readonly kind: FieldKind
  readonly repeated: boolean
  /** Of one value; several numbers may also stand packed in one length-delimited field. */
  readonly wireType: number
  /** Whether its number of values is a rank. */
  readonly isRank?: boolean
  readonly oneOf?: string
  readonly type?: () => MessageType
}

/** A field in its message. */
export interface NamedField extends Field {
  readonly name: string
  /** A bit of its own among the fields that may occur once; alternatives of a `oneof` share one. 0 when repeated. */
  readonly once: number
  /** What an absent field reads as. */
  readonly absent: unknown
}

/** A message of onnx.proto. */
export interface MessageType<T = unknown> {
  readonly [valueType]?: T
  readonly name: string
  /** By ascending number, the order in which protobuf writes them. */
  readonly fields: readonly NamedField[]
  readonly byNumber: readonly (NamedField | undefined)[]
  /** Makes a message without content. */
  readonly create: () => T
  /** The limit that counts messages of this type. */
  readonly limit: 'nodes' | 'tensors' | 'attributes' | undefined
}

const field = (number: number, kind: FieldKind, wireType: number, repeated: boolean) => ({
  number,
  kind,
  wireType,
  repeated,
})

export const text = (number: number): Field<string> => field(number, 'text', wireTypes.lengthDelimited, false)
export const texts = (number: number): Field<readonly string[]> =>
  field(number, 'text', wireTypes.lengthDelimited, true)
export const bytes = (number: number): Field<Uint8Array> => field(number, 'bytes', wireTypes.lengthDelimited, false)
export const byteStrings = (number: number): Field<readonly Uint8Array[]> =>
  field(number, 'bytes', wireTypes.lengthDelimited, true)
export const bytesOnDisk = (number: number): Field<Uint8Array> =>
  field(number, 'range', wireTypes.lengthDelimited, false)
export const packed = (number: number, of: 'varint' | 'fixed32' | 'fixed64'): Field<readonly Uint8Array[]> =>
  field(number, 'packed', wireTypes[of], true)
export const float = (number: number): Field<number> => field(number, 'float', wireTypes.fixed32, false)
export const floats = (number: number): Field<readonly number[]> => field(number, 'float', wireTypes.fixed32, true)
export const int64 = (number: number): Field<bigint> => field(number, 'int64', wireTypes.varint, false)
export const int64s = (number: number): Field<readonly bigint[]> => field(number, 'int64', wireTypes.varint, true)
/** An int64 that must be a safe integer of JavaScript. */
export const safeInteger = (number: number): Field<number> => field(number, 'integer', wireTypes.varint, false)
/** int64s that must be safe integers of JavaScript and not negative. */
export const dimensions = (number: number): Field<readonly number[]> =>
  perDimension(field(number, 'dimension', wireTypes.varint, true))
export const enumeration = (number: number): Field<number> => field(number, 'enumeration', wireTypes.varint, false)
export const message = <T>(number: number, type: () => MessageType<T>): Field<T> => ({
  ...field(number, 'message', wireTypes.lengthDelimited, false),
  type,
})
export const messages = <T>(number: number, type: () => MessageType<T>): Field<readonly T[]> => ({
  ...field(number, 'message', wireTypes.lengthDelimited, true),
  type,
})
/** A repeated field with one value for each dimension. */
export const perDimension = <T>(of: Field<T>): Field<T> => ({ ...of, isRank: true })
/** A field of a `oneof`, of which at most one may occur. */
export const oneOf = <T>(group: string, of: Field<T>): Field<T> => ({ ...of, oneOf: group })

/** What an absent repeated field reads as: one array for all. */
export const none: readonly never[] = Object.freeze([])

/** A message without content; what it must contain is yet to come. */
type EmptyMessage<T> = { [Name in keyof T as T[Name] extends Message ? never : Name]: T[Name] }

/**
 * The table of a message.
 *
 * @param table a field for each member of `T`, of the right type.
 * @param create makes an empty message. It is written out per type, not derived from the table: an object literal is
 * made ten times faster than one assembled by names.
 */
export const messageType = <T extends Message>(
  name: string,
  table: { readonly [Name in Exclude<keyof T, 'unknownFields'>]-?: Field<Exclude<T[Name], undefined>> },
  create: () => EmptyMessage<T>,
  limit?: MessageType['limit'],
): MessageType<T> => {
  const bits = new Map<string, number>()
  const onceBit = (key: string): number => {
    const bit = bits.get(key) ?? 1 << bits.size
    bits.set(key, bit)
    return bit
  }
  const empty = create() as Readonly<Record<string, unknown>>
  const fields = Object.entries<Field>(table as Record<string, Field>)
    .map(([fieldName, of]) => ({
      ...of,
      name: fieldName,
      once: of.repeated ? 0 : onceBit(of.oneOf ?? fieldName),
      absent: empty[fieldName],
    }))
    .sort((left, right) => left.number - right.number)
  const byNumber: (NamedField | undefined)[] = []
  for (const named of fields) byNumber[named.number] = named
  return { name, fields, byNumber, create: create as () => T, limit }
}
