import { crc32, deflateRawSync } from 'node:zlib'

/** What a header says, where a case lets it say something else than the truth. */
interface Fields {
  readonly name: string | Uint8Array
  readonly flags: number
  readonly method: number
  readonly checksum: number
  readonly compressedLength: number
  readonly length: number
  readonly extra: Uint8Array
}

/** An entry of a zip that a test builds. */
export interface ZipEntryText {
  readonly name: string
  readonly data?: string | Uint8Array
  readonly method?: number
  /** The bytes that stand in the archive, where the method is none that is known here. */
  readonly compressed?: Uint8Array
  readonly flags?: number
  readonly extra?: Uint8Array
  /** What the header before the data says differently. */
  readonly local?: Partial<Fields>
  /** What the directory says differently. */
  readonly central?: Partial<Fields> & { readonly headerAt?: number; readonly mode?: number; readonly disk?: number }
  readonly isListed?: boolean
  /** Whether the header before the data and the data are there. */
  readonly isPresent?: boolean
  /** What stands before the header and after the data. */
  readonly before?: Uint8Array
  readonly after?: Uint8Array
}

const bytesOf = (text: string | Uint8Array): Buffer => Buffer.from(text)

const u16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16LE(value)
  return buffer
}

const u32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}

const u64 = (value: number): Buffer => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(BigInt(value))
  return buffer
}

const mark = (letters: string): Buffer => Buffer.from(`PK${letters}`, 'latin1')

const common = (fields: Fields, name: Buffer): Buffer =>
  Buffer.concat([
    u16(fields.flags),
    u16(fields.method),
    u16(0),
    u16(0x21),
    u32(fields.checksum),
    u32(fields.compressedLength),
    u32(fields.length),
    u16(name.length),
    u16(fields.extra.length),
  ])

const localHeader = (fields: Fields): Buffer => {
  const name = bytesOf(fields.name)
  return Buffer.concat([mark('\x03\x04'), u16(20), common(fields, name), name, fields.extra])
}

/** An extra field. */
export const extraField = (id: number, data: Uint8Array): Buffer => Buffer.concat([u16(id), u16(data.length), data])

/** A field of sizes in 64 bits. */
export const zip64Field = (...sizes: number[]): Buffer => extraField(1, Buffer.concat(sizes.map(u64)))

/** A record of checksum and sizes that stands after the data. */
export const descriptor = (checksum: number, compressedLength: number, length: number): Buffer =>
  Buffer.concat([mark('\x07\x08'), u32(checksum), u32(compressedLength), u32(length)])

/** An end record. */
export const endRecord = (fields: {
  readonly count: number
  readonly directoryLength: number
  readonly directoryOffset: number
  readonly comment?: string | Uint8Array
  readonly disk?: number
}): Buffer => {
  const comment = bytesOf(fields.comment ?? '')
  return Buffer.concat([
    mark('\x05\x06'),
    u16(fields.disk ?? 0),
    u16(fields.disk ?? 0),
    u16(fields.count),
    u16(fields.count),
    u32(fields.directoryLength),
    u32(fields.directoryOffset),
    u16(comment.length),
    comment,
  ])
}

/** An end record of 64 bits and its locator. */
export const end64 = (fields: {
  readonly at: number
  readonly count: number
  readonly directoryLength: number
  readonly directoryOffset: number
}): Buffer => {
  const { at, count, directoryLength, directoryOffset } = fields
  const sizes = [count, count, directoryLength, directoryOffset].map(u64)
  const record = Buffer.concat([mark('\x06\x06'), u64(44), u16(45), u16(45), u32(0), u32(0), ...sizes])
  return Buffer.concat([record, mark('\x06\x07'), u32(0), u64(at), u32(1)])
}

/** A zip with all that a case gives it. */
export const zipOf = (
  entries: readonly ZipEntryText[],
  options: {
    readonly before?: Uint8Array
    /** Between the entries and the directory. */
    readonly between?: Uint8Array
    readonly after?: Uint8Array
    readonly comment?: string | Uint8Array
    readonly count?: number
    readonly directoryLength?: number
    readonly disk?: number
    /** Whether offsets count from the start of the file, or from the start of the archive. */
    readonly isBasedOnFile?: boolean
    readonly hasDirectory?: boolean
    readonly hasEnd64?: boolean
    readonly end64Count?: number
  } = {},
): Buffer => {
  const before = options.before ?? Buffer.alloc(0)
  const base = options.isBasedOnFile ? before.length : 0
  const parts: Buffer[] = []
  const records: Buffer[] = []
  let at = base
  for (const entry of entries) {
    const data = bytesOf(entry.data ?? '')
    const method = entry.method ?? 0
    const compressed = bytesOf(entry.compressed ?? (method === 8 ? deflateRawSync(data) : data))
    const fields: Fields = {
      name: entry.name,
      flags: entry.flags ?? 0,
      method,
      checksum: crc32(data),
      compressedLength: compressed.length,
      length: data.length,
      extra: entry.extra ?? Buffer.alloc(0),
    }
    const gap = Buffer.from(entry.before ?? [])
    const local =
      entry.isPresent === false
        ? Buffer.alloc(0)
        : Buffer.concat([localHeader({ ...fields, ...entry.local }), compressed, entry.after ?? Buffer.alloc(0)])
    parts.push(gap, local)
    if (entry.isListed !== false) {
      const central = { ...fields, ...entry.central }
      const name = bytesOf(central.name)
      records.push(
        Buffer.concat([
          mark('\x01\x02'),
          Buffer.from([20, 3]),
          u16(20),
          common(central, name),
          u16(0),
          u16(entry.central?.disk ?? 0),
          u16(0),
          u32(((entry.central?.mode ?? 0) * 0x10000) >>> 0),
          u32(entry.central?.headerAt ?? at + gap.length),
          name,
          central.extra,
        ]),
      )
    }
    at += gap.length + local.length
  }
  const between = Buffer.from(options.between ?? [])
  const directory = Buffer.concat(records)
  const directoryOffset = at + between.length
  const count = options.count ?? records.length
  const directoryLength = options.directoryLength ?? directory.length
  const ending = [
    ...(options.hasEnd64
      ? [
          end64({
            at: directoryOffset + directory.length,
            count: options.end64Count ?? count,
            directoryLength,
            directoryOffset,
          }),
        ]
      : []),
    endRecord({ count, directoryLength, directoryOffset, comment: options.comment ?? '', disk: options.disk ?? 0 }),
  ]
  const tail = options.hasDirectory === false ? [] : [directory, ...ending]
  return Buffer.concat([before, ...parts, between, ...tail, options.after ?? Buffer.alloc(0)])
}
