import type { Inspection } from '../../inspection.ts'
import type { ByteSource } from '../../source.ts'
import { bufferOf, readUint64 } from '../bytes.ts'
import { containerRules } from '../rules.ts'
import { compareHeaders, hasOtherNumbers } from './compare.ts'
import type { Directory } from './directory.ts'
import {
  type CentralRecord,
  isSignature,
  type LocalHeader,
  localLength,
  readLocal,
  signature,
  zipFlag,
} from './records.ts'

/** An entry as one reader sees it. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly checksum: number
  readonly dataAt: number
  readonly compressedLength: number
  readonly length: number
  /** The mode of a Unix file, which makes it a link or a device. */
  readonly mode: number
}

/** The bytes that an entry takes: header, data and descriptor. */
export interface Extent {
  readonly start: number
  readonly end: number
  readonly name: string
}

/** What the directory leads to. */
export interface ListedEntries {
  readonly entries: readonly ZipEntry[]
  readonly extents: readonly Extent[]
  /** Bytes of listed entries that the headers before the data leave out: another reader goes on there. */
  readonly leftOut: readonly Extent[]
}

// Enough for the name and the padding of most headers, and below what a file is read at least.
const usualExtraLength = 512

/** Reads the local header at a place. */
export const readLocalAt = (content: ByteSource, at: number, nameLength: number): LocalHeader | undefined => {
  if (at < 0 || at + localLength > content.size) return undefined
  const usual = localLength + nameLength + usualExtraLength
  const header = readLocal(content.read(at, usual))
  if (header === undefined || header.headerLength <= usual) return header
  return readLocal(content.read(at, header.headerLength))
}

const descriptorNumbers = (bytes: Buffer): { numbers: readonly number[]; length: number }[] => {
  const signed = isSignature(bytes, signature.descriptor, 0) ? 4 : 0
  return [
    ...(bytes.length >= signed + 12
      ? [{ numbers: [0, 4, 8].map((at) => bytes.readUInt32LE(signed + at)), length: signed + 12 }]
      : []),
    ...(bytes.length >= signed + 20
      ? [
          {
            numbers: [bytes.readUInt32LE(signed), readUint64(bytes, signed + 4), readUint64(bytes, signed + 12)],
            length: signed + 20,
          },
        ]
      : []),
  ]
}

/** The length of the descriptor after the data (APPNOTE 4.3.9), which may be signed or not, and of 32 or 64 bits. */
const readDescriptor = (content: ByteSource, record: CentralRecord, at: number, inspection: Inspection): number => {
  const bytes = bufferOf(content.read(at, 24))
  const wanted = [record.checksum, record.compressedLength, record.length].join()
  const found = descriptorNumbers(bytes).find(({ numbers }) => numbers.join() === wanted)
  if (found !== undefined) return found.length
  if (!isSignature(bytes, signature.descriptor, 0)) return 0
  inspection.report({
    rule: containerRules['zip-descriptor'],
    message: 'expected the checksum and sizes of the directory after the data, found others',
    offset: at,
    inside: record.name,
  })
  return Math.min(16, bytes.length)
}

const entryOf = (header: CentralRecord | LocalHeader, dataAt: number, mode: number): ZipEntry => ({
  name: header.name,
  method: header.method,
  checksum: header.checksum,
  compressedLength: header.compressedLength,
  length: header.length,
  dataAt,
  mode,
})

/** Follows the records of a directory to their entries, and compares both. */
export const followDirectory = (content: ByteSource, directory: Directory, inspection: Inspection): ListedEntries => {
  const entries: ZipEntry[] = []
  const extents: Extent[] = []
  const leftOut: Extent[] = []
  for (const record of directory.records) {
    inspection.budget.checkTime()
    const at = directory.base + record.headerAt
    const local = readLocalAt(content, at, record.nameBytes.length)
    if (local === undefined) {
      inspection.report({
        rule: containerRules['zip-missing'],
        message: `expected an entry at ${at}, found none`,
        offset: record.at,
        inside: record.name,
      })
      continue
    }
    compareHeaders(record, local, at, inspection)
    const dataAt = at + local.headerLength
    const dataEnd = dataAt + record.compressedLength
    if (dataEnd > content.size) {
      inspection.report({
        rule: containerRules['zip-missing'],
        message: `expected ${record.compressedLength} bytes of data, found ${Math.max(0, content.size - dataAt)}`,
        offset: at,
        inside: record.name,
      })
    }
    entries.push(entryOf(record, dataAt, record.mode))
    if (record.method !== local.method || hasOtherNumbers(record, local)) {
      entries.push(entryOf(local, dataAt, record.mode))
      const localEnd = dataAt + local.compressedLength
      if (localEnd < dataEnd) leftOut.push({ start: localEnd, end: Math.min(dataEnd, content.size), name: record.name })
    }
    const hasDescriptor = ((record.flags | local.flags) & zipFlag.descriptor) !== 0
    const end = dataEnd + (hasDescriptor ? readDescriptor(content, record, dataEnd, inspection) : 0)
    extents.push({ start: at, end: Math.min(end, content.size), name: record.name })
  }
  return { entries, extents, leftOut }
}
