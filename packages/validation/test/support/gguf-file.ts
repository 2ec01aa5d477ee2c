/** A value of GGUF metadata: its type's number and what is written for it. */
export interface Value {
  readonly type: number
  readonly bytes: (notation: Notation) => Uint8Array
}

/** A tensor of a GGUF file. */
export interface GgufTensor {
  readonly name: string
  readonly shape: readonly (number | bigint)[]
  readonly type: number
  readonly offset: number | bigint
  /** The number of dimensions that the file says, where it is not the shape's. */
  readonly dimensions?: number
}

interface Notation {
  readonly isLittleEndian: boolean
  readonly countBytes: 4 | 8
}

const uint32 = (value: number, { isLittleEndian }: Notation): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(4))
  bytes.setUint32(0, value, isLittleEndian)
  return new Uint8Array(bytes.buffer)
}

const uint64 = (value: number | bigint, { isLittleEndian }: Notation): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), isLittleEndian)
  return new Uint8Array(bytes.buffer)
}

const count = (value: number | bigint, notation: Notation): Uint8Array =>
  notation.countBytes === 4 ? uint32(Number(value), notation) : uint64(value, notation)

const string = (text: string, notation: Notation, length?: bigint): Uint8Array => {
  const bytes = Buffer.from(text)
  return Buffer.concat([count(length ?? bytes.length, notation), bytes])
}

/** A value of type `uint32`. */
export const number = (value: number): Value => ({ type: 4, bytes: (notation) => uint32(value, notation) })
/** A value of type `string`, whose length may be given falsely. */
export const text = (value: string, length?: bigint): Value => ({
  type: 8,
  bytes: (notation) => string(value, notation, length),
})
/** A value of a type with a single byte, such as `bool` (7). */
export const byte = (type: number, value: number): Value => ({ type, bytes: () => Uint8Array.of(value) })
/** An array of strings. */
export const texts = (...values: readonly string[]): Value => ({
  type: 9,
  bytes: (notation) =>
    Buffer.concat([
      uint32(8, notation),
      count(values.length, notation),
      ...values.map((value) => string(value, notation)),
    ]),
})
/** An array of any type, whose count need not be that of its bytes. */
export const array = (type: number, length: number | bigint, bytes: Uint8Array): Value => ({
  type: 9,
  bytes: (notation) => Buffer.concat([uint32(type, notation), count(length, notation), bytes]),
})

/** What a GGUF file is written from; everything has a sound default. */
export interface GgufParts {
  readonly version?: number
  readonly isLittleEndian?: boolean
  readonly metadata?: readonly (readonly [key: string, value: Value])[]
  readonly tensors?: readonly GgufTensor[]
  readonly tensorCount?: bigint
  readonly keyCount?: bigint
  readonly keyLength?: bigint
  readonly alignment?: number
  /** Bytes of data, and of what stands between the header and them. */
  readonly data?: number | Uint8Array
  readonly padding?: number
}

const architecture: readonly [string, Value] = ['general.architecture', text('llama')]

/** Writes a GGUF file. */
export const ggufFile = (parts: GgufParts = {}): Uint8Array => {
  const { version = 3, isLittleEndian = true, metadata = [architecture], tensors = [], alignment = 32 } = parts
  const notation: Notation = { isLittleEndian, countBytes: version === 1 ? 4 : 8 }
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(version, notation),
    count(parts.tensorCount ?? tensors.length, notation),
    count(parts.keyCount ?? metadata.length, notation),
    ...metadata.flatMap(([key, value]) => [
      string(key, notation, parts.keyLength),
      uint32(value.type, notation),
      value.bytes(notation),
    ]),
    ...tensors.flatMap(({ name, shape, type, offset, dimensions }) => [
      string(name, notation),
      uint32(dimensions ?? shape.length, notation),
      ...shape.map((dimension) => count(dimension, notation)),
      uint32(type, notation),
      uint64(offset, notation),
    ]),
  ])
  const { data = 0, padding = 0 } = parts
  const size = typeof data === 'number' ? data : data.length
  const gap = size === 0 ? 0 : Math.ceil(header.length / alignment) * alignment - header.length
  return Buffer.concat([header, Buffer.alloc(gap, padding), typeof data === 'number' ? Buffer.alloc(data) : data])
}

/** A tensor of 32-bit numbers. */
export const floats = (name: string, length: number, offset: number): GgufTensor => ({
  name,
  shape: [length],
  type: 0,
  offset,
})

/** A sound model of two tensors, with what is added to its metadata. */
export const soundGguf = (...metadata: readonly (readonly [key: string, value: Value])[]): Uint8Array =>
  ggufFile({
    metadata: [architecture, ['general.name', text('tiny')], ...metadata],
    tensors: [floats('token_embd.weight', 10, 0), { name: 'output.weight', shape: [32, 2], type: 8, offset: 64 }],
    data: 64 + 68,
  })
