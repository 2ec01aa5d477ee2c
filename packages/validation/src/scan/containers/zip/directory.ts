import type { ByteSource } from '../../source.ts'
import { bufferOf, readUint64 } from '../bytes.ts'
import {
  type CentralRecord,
  end64Length,
  endLength,
  isSignature,
  locator64Length,
  readCentral,
  signature,
} from './records.ts'

/** Python looks for the end record in the last 65,557 bytes: the record and the longest comment. */
const searchedLength = endLength + 0xffff

const endMark = Buffer.from(signature.end, 'latin1')

/** An end record, and where it says that the directory is. */
export interface EndRecord {
  readonly at: number
  /** Where the directory ends: before the end record, or before its zip64 one. */
  readonly directoryEnd: number
  readonly directoryLength: number
  readonly directoryOffset: number
  readonly entryCount: number
  readonly commentLength: number
  readonly disks: readonly number[]
  /** What the zip64 end record says against this one. */
  readonly contradiction: string | undefined
}

/** A directory, as one way of searching finds it. */
export interface Directory {
  readonly end: EndRecord
  readonly start: number
  /** What is added to the offsets in it: the length of what stands before the archive. */
  readonly base: number
  readonly records: readonly CentralRecord[]
  /** Where its last record ends. */
  readonly recordsEnd: number
}

const readEnd64 = (content: ByteSource, endAt: number): { at: number; record: Buffer } | undefined => {
  const locator = bufferOf(content.read(endAt - locator64Length, locator64Length))
  if (endAt < locator64Length || !isSignature(locator, signature.locator64, 0)) return undefined
  // Python takes the record before the locator, others the one that the locator names.
  const before = endAt - locator64Length - end64Length
  const named = readUint64(locator, 8)
  for (const at of [before, named]) {
    if (at < 0 || at + end64Length > endAt) continue
    const record = bufferOf(content.read(at, end64Length))
    if (isSignature(record, signature.end64, 0)) return { at, record }
  }
  return undefined
}

const fields32 = ['number of entries', 'length of the directory', 'offset of the directory'] as const

/** Reads the end record at a place, with its zip64 record where it has one. */
const readEnd = (content: ByteSource, at: number): EndRecord | undefined => {
  const end = bufferOf(content.read(at, endLength))
  if (end.length < endLength) return undefined
  const narrow = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  const full = [0xffff, 0xffffffff, 0xffffffff]
  const end64 = readEnd64(content, at)
  const wide =
    end64 === undefined
      ? narrow
      : [readUint64(end64.record, 32), readUint64(end64.record, 40), readUint64(end64.record, 48)]
  const differing = narrow.findIndex((value, index) => value !== full[index] && value !== wide[index])
  const [entryCount = 0, directoryLength = 0, directoryOffset = 0] = wide
  return {
    at,
    directoryEnd: end64?.at ?? at,
    directoryLength,
    directoryOffset,
    entryCount,
    commentLength: end.readUInt16LE(20),
    disks: [end.readUInt16LE(4), end.readUInt16LE(6)].map((disk) => (disk === 0xffff ? 0 : disk)),
    contradiction:
      differing === -1 ? undefined : `the ${fields32[differing]} to be ${narrow[differing]} and ${wide[differing]}`,
  }
}

/** Where a directory of an end record may start: right before the record (Python), or where it says (PyTorch). */
const startsOf = (end: EndRecord): number[] => [
  ...new Set([end.directoryEnd - end.directoryLength, end.directoryOffset]),
]

const startsDirectory = (content: ByteSource, end: EndRecord, start: number): boolean => {
  if (start < 0 || start > end.directoryEnd) return false
  if (end.directoryLength === 0 && end.entryCount === 0) return start === end.directoryEnd
  return isSignature(bufferOf(content.read(start, 4)), signature.central, 0)
}

/** Every end record in the tail of a content whose directory begins with an entry, the last first. */
export const findEnds = (content: ByteSource): EndRecord[] => {
  const from = Math.max(0, content.size - searchedLength)
  const tail = bufferOf(content.read(from, searchedLength))
  const ends: EndRecord[] = []
  for (let at = tail.lastIndexOf(endMark); at !== -1; at = at === 0 ? -1 : tail.lastIndexOf(endMark, at - 1)) {
    const end = readEnd(content, from + at)
    if (end !== undefined && startsOf(end).some((start) => startsDirectory(content, end, start))) ends.push(end)
  }
  return ends
}

/** The end record that ends the content exactly, comment included. */
export const findExactEnd = (content: ByteSource): EndRecord | undefined =>
  findEnds(content).find(({ at, commentLength }) => at + endLength + commentLength === content.size)

/** The directories that an end record leads to, as the different readers look for them. */
export const readDirectories = (
  content: ByteSource,
  end: EndRecord,
  options: { readonly heldBytes: number; readonly takeEntry: () => void },
): Directory[] =>
  startsOf(end)
    .filter((start) => startsDirectory(content, end, start))
    .map((start) => {
      const length = Math.min(end.directoryEnd - start, options.heldBytes)
      const directory = bufferOf(content.read(start, length))
      const records: CentralRecord[] = []
      let at = 0
      for (
        let found = readCentral(directory, at, start);
        found !== undefined;
        found = readCentral(directory, at, start)
      ) {
        options.takeEntry()
        records.push(found.record)
        at = found.next
      }
      return { end, start, base: start - end.directoryOffset, records, recordsEnd: start + Math.min(at, length) }
    })
