import { type MessageType, type NamedField, none, wireTypes } from './field.ts'
import { exceeded, malformed, type OnnxLimits } from './limits.ts'
import type { TensorBytes, UnknownField } from './model.ts'
import { Origin, originKey } from './origin.ts'
import type { WireReader } from './wire-reader.ts'

type Mutable = Record<string | symbol, unknown>

/** Room for more that an array gets when the first value is put into it. */
const arrayRoom = 16

/** A frozen list. A short one is copied: it takes a fraction of what it had room for. */
const frozen = (list: unknown[]): readonly unknown[] => Object.freeze(list.length > arrayRoom ? list : list.slice())

/** Reads messages by their tables, and counts what they cost against the limits. */
export class Decoder {
  readonly #reader: WireReader
  readonly #limits: OnnxLimits
  /** The file in memory, which messages remember to be written again; absent when it stays on disk. */
  readonly #file: Uint8Array | undefined
  readonly #counts = { nodes: 0, tensors: 0, attributes: 0 }
  #messages = 0
  #values = 0
  #views = 0
  #heldBytes = 0

  constructor(reader: WireReader, limits: OnnxLimits, file: Uint8Array | undefined) {
    this.#reader = reader
    this.#limits = limits
    this.#file = file
  }

  /**
   * Reads one message from here up to `end`. `tag` is where the tag stands of the field, number `field`, that holds it.
   *
   * A field that may occur once and occurs twice is refused, as are two alternatives of a `oneof`. protobuf would merge
   * messages and keep the last number, but the first of two enumerations when it does not know the second. No
   * serialiser writes either; refusing leaves nothing that a scanner and a runtime read differently (CWE-436).
   */
  message(type: MessageType, field: number, tag: number, end: number, depth: number): object {
    const reader = this.#reader
    const start = reader.position
    this.#countMessage(type, depth)
    const message = type.create() as Mutable
    let lists: string[] | undefined
    let occurred = 0
    while (reader.position < end) {
      const at = reader.position
      const key = reader.tag()
      this.#countValue()
      const known = type.byNumber[key >>> 3]
      if (known === undefined || known.repeated) {
        const name = known === undefined ? 'unknownFields' : known.name
        let list = message[name] as unknown[]
        if ((list as readonly unknown[]) === none) {
          list = []
          message[name] = list
          if (lists === undefined) lists = [name]
          else lists.push(name)
        }
        if (known === undefined) list.push(this.#unknown(key, at, end))
        else this.#repeated(list, known, key & 7, at, end, depth)
      } else {
        if ((occurred & known.once) !== 0)
          throw malformed(at, `${type.name}.${known.name} (or its alternative) once`, 'it a second time')
        occurred |= known.once
        this.#checkWireType(known, key & 7, at)
        message[known.name] = this.#value(known, at, end, depth)
      }
      if (reader.position > end)
        throw malformed(at, `a field that ends by byte ${end}`, `its end at ${reader.position}`)
    }
    if (lists !== undefined) for (const name of lists) message[name] = frozen(message[name] as unknown[])
    if (this.#file !== undefined) message[originKey] = new Origin({ file: this.#file, field, tag, start, end, message })
    return Object.freeze(message)
  }

  /** The next value of a field, whose wire type was checked. */
  #value(field: NamedField, at: number, end: number, depth: number): unknown {
    const reader = this.#reader
    switch (field.kind) {
      case 'message': {
        const length = reader.lengthWithin(end)
        return this.message((field.type as () => MessageType)(), field.number, at, reader.position + length, depth + 1)
      }
      case 'text': {
        const length = reader.lengthWithin(end)
        if (length > this.#limits.textBytes) throw exceeded('textBytes', this.#limits.textBytes, at)
        this.#hold(length)
        return reader.text(length)
      }
      case 'bytes': {
        const length = reader.lengthWithin(end)
        if (this.#file === undefined) this.#hold(length)
        this.#countView()
        return reader.bytes(length)
      }
      case 'range':
      case 'packed':
        return this.#unparsed(field.wireType, at, end)
      default:
        return this.#number(field)
    }
  }

  #number(field: NamedField): unknown {
    const reader = this.#reader
    if (field.kind === 'float') return reader.float()
    const start = reader.position
    reader.varint()
    // protobuf keeps the low 32 bits of an enumeration.
    if (field.kind === 'enumeration') return reader.low | 0
    if (field.kind === 'int64') return reader.int64()
    const value = reader.safeInteger()
    if (value === undefined || (field.kind === 'dimension' && value < 0)) {
      const expected = field.kind === 'dimension' ? 'a number from 0 to 2^53 - 1' : 'a number of at most 53 bits'
      throw malformed(start, `${expected} for ${field.name}`, String(reader.int64()))
    }
    return value
  }

  /** Adds the next value, or the packed numbers, of a repeated field. */
  #repeated(list: unknown[], field: NamedField, wireType: number, at: number, end: number, depth: number): void {
    const reader = this.#reader
    if (wireType !== wireTypes.lengthDelimited || field.wireType === wireTypes.lengthDelimited) {
      this.#checkWireType(field, wireType, at)
      list.push(this.#value(field, at, end, depth))
    } else if (field.kind === 'packed') list.push(this.#packedRun(field, end))
    else {
      const packedEnd = reader.lengthWithin(end) + reader.position
      while (reader.position < packedEnd) {
        this.#countValue()
        list.push(this.#number(field))
      }
      if (reader.position > packedEnd) throw malformed(at, `${field.name} to end at byte ${packedEnd}`, 'more')
    }
    if (field.isRank && list.length > this.#limits.rank) throw exceeded('rank', this.#limits.rank, at)
  }

  /** The encoded numbers of a tensor, which are not looked at here. */
  #packedRun(field: NamedField, end: number): TensorBytes {
    const at = this.#reader.position
    this.#countView()
    const length = this.#reader.lengthWithin(end)
    const size = field.wireType === wireTypes.fixed64 ? 8 : field.wireType === wireTypes.fixed32 ? 4 : 1
    if (length % size !== 0) throw malformed(at, `a multiple of ${size} bytes for ${field.name}`, String(length))
    return this.#reader.range(length)
  }

  #unknown(key: number, at: number, end: number): UnknownField {
    return Object.freeze({ number: key >>> 3, wireType: key & 7, bytes: this.#unparsed(key & 7, at, end) })
  }

  /** The bytes of a value, without tag and length. */
  #unparsed(wireType: number, at: number, end: number): TensorBytes {
    const reader = this.#reader
    this.#countView()
    switch (wireType) {
      case wireTypes.varint: {
        const start = reader.position
        reader.varint()
        const length = reader.position - start
        reader.position = start
        return reader.range(length)
      }
      case wireTypes.lengthDelimited:
        return reader.range(reader.lengthWithin(end))
      case wireTypes.fixed32:
      case wireTypes.fixed64: {
        const length = wireType === wireTypes.fixed32 ? 4 : 8
        if (length > end - reader.position) throw malformed(at, `${length} bytes`, `${end - reader.position}`)
        return reader.range(length)
      }
      default:
        throw malformed(at, 'wire type 0, 1, 2 or 5', `${wireType}, which ONNX does not use`)
    }
  }

  #checkWireType(field: NamedField, wireType: number, at: number): void {
    if (wireType !== field.wireType)
      throw malformed(at, `wire type ${field.wireType} for ${field.name}`, String(wireType))
  }

  #countMessage(type: MessageType, depth: number): void {
    const limits = this.#limits
    const at = this.#reader.position
    if (depth > limits.depth) throw exceeded('depth', limits.depth, at)
    this.#messages += 1
    if (this.#messages > limits.messages) throw exceeded('messages', limits.messages, at)
    if (type.limit === undefined) return
    this.#counts[type.limit] += 1
    if (this.#counts[type.limit] > limits[type.limit]) throw exceeded(type.limit, limits[type.limit], at)
  }

  #countValue(): void {
    this.#values += 1
    if (this.#values > this.#limits.values) throw exceeded('values', this.#limits.values, this.#reader.position)
  }

  #countView(): void {
    this.#views += 1
    if (this.#views > this.#limits.views) throw exceeded('views', this.#limits.views, this.#reader.position)
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes
    if (this.#heldBytes > this.#limits.heldBytes)
      throw exceeded('heldBytes', this.#limits.heldBytes, this.#reader.position)
  }
}
