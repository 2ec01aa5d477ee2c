/** Files of other model formats and media, built byte by byte, and bent where a test says so. */

const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
const number64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}
export const littleEndian = { number32, number64 } as const

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)])

/** A field of Protocol Buffers: a number, a text, or a message of fields. */
export const field = (id: number, value: number | string | Uint8Array | readonly Buffer[]): Buffer => {
  if (typeof value === 'number') return Buffer.from([...varint(id * 8), ...varint(value)])
  const bytes =
    typeof value === 'string'
      ? Buffer.from(value)
      : value instanceof Uint8Array
        ? Buffer.from(value)
        : Buffer.concat(value)
  return Buffer.concat([Buffer.from([...varint(id * 8 + 2), ...varint(bytes.length)]), bytes])
}

/** A model of Core ML: version 4, a description, and what it is. */
export const coremlOf = (...fields: readonly Buffer[]): Buffer =>
  Buffer.concat([field(1, 4), field(2, [field(1, [field(1, 'input')])]), ...fields])

/** A file of Torch7 around one object of the class `nn.Sequential` with these pairs of a table. */
export const torch7Of = (...pairs: readonly Buffer[]): Buffer =>
  Buffer.concat([
    number32(4),
    number32(1),
    ...['V 1', 'nn.Sequential'].flatMap((text) => [number32(text.length), Buffer.from(text)]),
    number32(3),
    number32(2),
    number32(pairs.length / 2),
    ...pairs,
  ])
export const torch7Text = (text: string): Buffer =>
  Buffer.concat([number32(2), number32(text.length), Buffer.from(text)])
export const torch7Number = (): Buffer => Buffer.concat([number32(1), Buffer.alloc(8)])
export const torch7Tensor = (elements: number): Buffer =>
  Buffer.concat([
    number32(4),
    number32(3),
    ...['V 1', 'torch.FloatTensor'].flatMap((text) => [number32(text.length), Buffer.from(text)]),
    number32(1),
    number64(elements),
    number64(1),
    number64(1),
    number32(4),
    number32(4),
    ...['V 1', 'torch.FloatStorage'].flatMap((text) => [number32(text.length), Buffer.from(text)]),
    number64(elements),
    Buffer.alloc(4 * elements),
  ])
export const torch7Function = (): Buffer =>
  Buffer.concat([number32(8), number32(9), number32(5), Buffer.from('\x1bLJ\x01\0', 'latin1'), number32(0)])

/** Numbers of R are big-endian. */
const bigEndian = (...values: readonly number[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4)
      bytes.writeInt32BE(value)
      return bytes
    }),
  )
/** Data of R in XDR, version 2. */
export const rDataOf = (...items: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('X\n'), bigEndian(2, 0x040203, 0x020300), ...items])
const rText = (text: string): Buffer => Buffer.concat([bigEndian(0x40009, text.length), Buffer.from(text)])
const rNil = bigEndian(254)
/** What items of R are made of; `call` is the expression `f()`. */
export const rItems = {
  nil: rNil,
  integers: (...values: readonly number[]): Buffer => bigEndian(13, values.length, ...values),
  list: (...items: readonly Buffer[]): Buffer => Buffer.concat([bigEndian(19, items.length), ...items]),
  texts: (...texts: readonly string[]): Buffer => Buffer.concat([bigEndian(16, texts.length), ...texts.map(rText)]),
  call: Buffer.concat([bigEndian(6, 1), rText('f'), rNil]),
  promise: (value: Buffer, expression: Buffer): Buffer =>
    Buffer.concat([bigEndian(0x405), bigEndian(253), value, expression]),
  unbound: bigEndian(252),
  binding: (name: string, value: Buffer): Buffer => Buffer.concat([bigEndian(0x402, 1), rText(name), value, rNil]),
  environment: (frame: Buffer): Buffer => Buffer.concat([bigEndian(4, 0, 242), frame, rNil, rNil]),
  closure: (body: Buffer): Buffer => Buffer.concat([bigEndian(0x403), bigEndian(253), rNil, body]),
} as const

/** A chunk of PNG. */
const chunk = (type: string, data: Uint8Array = new Uint8Array(0)): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
}
export const png = (): Buffer =>
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    chunk('IDAT', Buffer.from('789c6360000000020001', 'hex')),
    chunk('IEND'),
  ])
export const gif = (): Buffer =>
  Buffer.concat([
    Buffer.from('GIF89a'),
    Buffer.from([1, 0, 1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]),
  ])
export const jpeg = (): Buffer =>
  Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xda, 0, 4, 1, 2, 7, 0xff, 0, 8, 0xff, 0xd9])

/** A PDF of one object. */
export const pdfOf = (object: string): Buffer =>
  Buffer.from(`%PDF-1.7\n1 0 obj\n${object}\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF\n`)

/** A file of Arrow whose footer holds a schema with this text. */
export const arrowOf = (schema: string): Buffer =>
  Buffer.concat([
    Buffer.from('ARROW1\0\0'),
    Buffer.alloc(16),
    Buffer.from(schema),
    number32(schema.length),
    Buffer.from('ARROW1'),
  ])
export const parquetOf = (footer: string): Buffer =>
  Buffer.concat([
    Buffer.from('PAR1'),
    Buffer.alloc(16),
    Buffer.from(footer),
    number32(footer.length),
    Buffer.from('PAR1'),
  ])

/** MessagePack of small values. */
export const msgpackOf = (value: unknown): Buffer => {
  if (typeof value === 'number') return Buffer.from([value & 0x7f])
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2])
  if (typeof value === 'string') return Buffer.concat([Buffer.from([0xd9, value.length]), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from([0xc4, value.length]), value])
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([0x90 + value.length]), ...value.map(msgpackOf)])
  const entries = Object.entries(value as Record<string, unknown>)
  return Buffer.concat([
    Buffer.from([0x80 + entries.length]),
    ...entries.flatMap(([key, inner]) => [msgpackOf(key), msgpackOf(inner)]),
  ])
}
/** An extension of MessagePack, to stand as a value. */
export const msgpackExtension = (type: number, data: Uint8Array): Uint8Array =>
  new Uint8Array([0xc7, data.length, type & 0xff, ...data])

/** Arrays of MXNet: one of these dimensions. */
export const mxnetOf = (dimensions: readonly number[], data: Uint8Array): Buffer =>
  Buffer.concat([
    number64(0x112),
    number64(0),
    number64(1),
    Buffer.from('c9fa93f9', 'hex'),
    number32(0),
    number32(dimensions.length),
    ...dimensions.map(number64),
    number32(1),
    number32(0),
    number32(0),
    data,
    number64(1),
    number64(3),
    Buffer.from('arg'),
  ])
