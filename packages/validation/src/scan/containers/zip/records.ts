import { hasMagic } from '../../format.ts'
import { bufferOf, decodeName, readUint64 } from '../bytes.ts'

// The records of a zip as PKWARE's APPNOTE 6.3.10, section 4.3, defines them.

/** The first four bytes of each record. */
export const signature = {
  local: 'PK\x03\x04',
  central: 'PK\x01\x02',
  end: 'PK\x05\x06',
  end64: 'PK\x06\x06',
  locator64: 'PK\x06\x07',
  descriptor: 'PK\x07\x08',
} as const

export const localLength = 30
const centralLength = 46
export const endLength = 22
export const locator64Length = 20
export const end64Length = 56

const unknown32 = 0xffffffff

/** Bits of the general purpose flags (4.4.4). */
export const zipFlag = {
  encrypted: 0x1,
  descriptor: 0x8,
  patched: 0x20,
  strong: 0x40,
  utf8: 0x800,
  masked: 0x2000,
} as const

/** What a local header and a record of the directory both say about an entry. */
export interface ZipHeader {
  /** As Python's and PyTorch's readers take it, before a NUL cuts it. */
  readonly name: string
  readonly nameBytes: Buffer
  readonly flags: number
  readonly method: number
  readonly checksum: number
  readonly compressedLength: number
  readonly length: number
  readonly extra: Buffer
  /** What the zip64 field says in vain, because the 32 bits already say something else. */
  readonly contradiction: string | undefined
}

/** A record of the directory. */
export interface CentralRecord extends ZipHeader {
  /** Where the record stands in the content. */
  readonly at: number
  /** Where the local header stands, as the record says. */
  readonly headerAt: number
  readonly disk: number
  /** The mode of the file where the archive was made on Unix (0 elsewhere). */
  readonly mode: number
}

/** An extra field with its id and its data. */
const extraField = (extra: Buffer, id: number): Buffer | undefined => {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + length)
    at += 4 + length
  }
  return undefined
}

/** The Unicode path field (4.6.9): a second name, and the checksum of the first one that it stands for. */
export const unicodePath = ({ extra }: ZipHeader): { name: string; checksum: number } | undefined => {
  const field = extraField(extra, 0x7075)
  if (field === undefined || field.length < 5) return undefined
  return { name: decodeName(field.subarray(5)), checksum: field.readUInt32LE(1) }
}

/** Takes the sizes that do not fit 32 bits from the zip64 field (4.5.3): in order, each where its own field is full. */
const resolve64 = (
  extra: Buffer,
  values: readonly number[],
): { readonly resolved: readonly number[]; readonly contradiction: string | undefined } => {
  const field = extraField(extra, 1)
  if (field === undefined) return { resolved: values, contradiction: undefined }
  let at = 0
  let contradiction: string | undefined
  const resolved = values.map((value) => {
    if (value !== unknown32) return value
    if (at + 8 > field.length) {
      contradiction = 'a zip64 field that is too short'
      return value
    }
    at += 8
    return readUint64(field, at - 8)
  })
  // Python's writer and PyTorch's give all sizes in 64 bits even where they fit; readers then leave the field alone.
  if (at === 0 && field.length >= 16) {
    const wide = [readUint64(field, 0), readUint64(field, 8)]
    const [length = 0, compressed = 0] = values
    const isSame =
      (wide[0] === length && wide[1] === compressed) || wide.every((value) => value === 0) || length + compressed === 0
    if (!isSame) contradiction = `sizes of ${wide[0]} and ${wide[1]} beside ${length} and ${compressed}`
  }
  return { resolved, contradiction }
}

const headerOf = (
  nameBytes: Buffer,
  extra: Buffer,
  record: Buffer,
  at: number,
  more: readonly number[],
): { readonly header: ZipHeader; readonly more: readonly number[] } => {
  const { resolved, contradiction } = resolve64(extra, [
    record.readUInt32LE(at + 16),
    record.readUInt32LE(at + 12),
    ...more,
  ])
  const [length = 0, compressedLength = 0, ...rest] = resolved
  const header = {
    name: decodeName(nameBytes),
    nameBytes,
    flags: record.readUInt16LE(at),
    method: record.readUInt16LE(at + 2),
    checksum: record.readUInt32LE(at + 8),
    compressedLength,
    length,
    extra,
    contradiction,
  }
  return { header, more: rest }
}

/** Reads a record of the directory at a place of `directory`, and says where the next one would be. */
export const readCentral = (
  directory: Buffer,
  at: number,
  directoryAt: number,
): { readonly record: CentralRecord; readonly next: number } | undefined => {
  if (at + centralLength > directory.length || !isSignature(directory, signature.central, at)) return undefined
  const nameAt = at + centralLength
  const extraAt = nameAt + directory.readUInt16LE(at + 28)
  const commentAt = extraAt + directory.readUInt16LE(at + 30)
  const next = commentAt + directory.readUInt16LE(at + 32)
  const { header, more } = headerOf(
    directory.subarray(nameAt, extraAt),
    directory.subarray(extraAt, commentAt),
    directory,
    at + 8,
    [directory.readUInt32LE(at + 42)],
  )
  const madeOnUnix = directory[at + 5] === 3
  const record = {
    ...header,
    at: directoryAt + at,
    headerAt: more[0] ?? 0,
    disk: directory.readUInt16LE(at + 34),
    mode: madeOnUnix ? directory.readUInt32LE(at + 38) >>> 16 : 0,
  }
  return { record, next }
}

/** A local header, and how long it is with its name and extra fields. */
export interface LocalHeader extends ZipHeader {
  readonly headerLength: number
}

/** Reads a local header at the start of `bytes`. */
export const readLocal = (bytes: Uint8Array): LocalHeader | undefined => {
  const buffer = bufferOf(bytes)
  if (buffer.length < localLength || !isSignature(buffer, signature.local, 0)) return undefined
  const extraAt = localLength + buffer.readUInt16LE(26)
  const headerLength = extraAt + buffer.readUInt16LE(28)
  const { header } = headerOf(
    buffer.subarray(localLength, extraAt),
    buffer.subarray(extraAt, headerLength),
    buffer,
    6,
    [],
  )
  return { ...header, headerLength }
}

/** Whether a record of a kind begins at a place. */
export const isSignature = (buffer: Buffer, kind: string, at: number): boolean => hasMagic(buffer, kind, at)
