import type { Inspection } from '../../inspection.ts'
import { checkStorageRecords } from '../../python/storage-records.ts'
import { type ByteSource, partOf } from '../../source.ts'
import { isZero, windowsOf } from '../bytes.ts'
import { checkEntryName, createNameLedger } from '../entry-name.ts'
import { reportBomb } from '../expand-part.ts'
import { containerRules } from '../rules.ts'
import { type ZipDialect, zipDialects } from './dialects.ts'
import { type Directory, type EndRecord, findEnds, readDirectories } from './directory.ts'
import { createZipContext, enterEntry } from './enter-entry.ts'
import { type Extent, followDirectory, readLocalAt, type ZipEntry } from './entries.ts'
import { gapsBetween, searchGaps } from './gaps.ts'
import { type CentralRecord, endLength } from './records.ts'

/** End records that are followed; more than one is a finding already (CWE-400). */
const maximumEnds = 4

/** Whether a place is in the data of an entry that a directory lists. */
const isInsideEntry = (content: ByteSource, { base, records }: Directory, at: number): boolean => {
  let last: CentralRecord | undefined
  for (const record of records) {
    if (base + record.headerAt < at && record.headerAt >= (last?.headerAt ?? 0)) last = record
  }
  if (last === undefined) return false
  const local = readLocalAt(content, base + last.headerAt, last.nameBytes.length)
  if (local === undefined) return false
  return at < base + last.headerAt + local.headerLength + last.compressedLength
}

const checkEnd = (end: EndRecord, inspection: Inspection): void => {
  if (end.contradiction !== undefined) {
    inspection.report({
      rule: containerRules['zip64-mismatch'],
      message: `expected one directory, found ${end.contradiction}`,
      offset: end.at,
    })
  }
  if (end.disks.some((disk) => disk !== 0)) {
    inspection.report({
      rule: containerRules['zip-several-disks'],
      message: `expected an archive in one file, found volume ${end.disks[0]} whose directory is on ${end.disks[1]}`,
      offset: end.at,
    })
  }
}

const checkDirectory = (directory: Directory, inspection: Inspection): void => {
  const { end, records, recordsEnd } = directory
  if (records.length !== end.entryCount) {
    inspection.report({
      rule: containerRules['zip-count'],
      message: `expected ${end.entryCount} entries, found ${records.length} in the directory`,
      offset: directory.start,
      evidence: { stated: end.entryCount, found: records.length },
    })
  }
  const names = createNameLedger()
  for (const { name, at } of records) {
    // Python cuts a name at its first NUL; what follows it is looked at by checkEntryName.
    names.take(name.split('\0', 1)[0] ?? '', inspection, at)
  }
  if (recordsEnd !== directory.start + end.directoryLength) {
    inspection.report({
      rule: containerRules['zip-count'],
      message: `expected a directory of ${end.directoryLength} bytes, found entries of ${recordsEnd - directory.start}`,
      offset: directory.start,
    })
  }
}

const checkTail = (content: ByteSource, end: EndRecord, inspection: Inspection): void => {
  const after = end.at + endLength + end.commentLength
  for (const window of windowsOf(content, after)) {
    inspection.budget.checkTime()
    if (isZero(window)) continue
    inspection.report({
      rule: containerRules['zip-appended'],
      message: `expected nothing after the archive, found ${content.size - after} bytes`,
      offset: after,
    })
    return
  }
}

/** Reads every directory that some reader would find. */
const readAll = (content: ByteSource, inspection: Inspection): Directory[] => {
  const directories: Directory[] = []
  for (const end of findEnds(content).slice(0, maximumEnds)) {
    // What an archive inside an entry ends with is that archive's own.
    if (directories.some((directory) => isInsideEntry(content, directory, end.at))) continue
    try {
      const found = readDirectories(content, end, {
        heldBytes: inspection.limits.heldBytes,
        takeEntry: () => inspection.budget.takeEntry(),
      })
      for (const directory of found) directories.push(directory)
    } catch (error) {
      reportBomb(error, inspection)
    }
  }
  return directories
}

const dialectOf = (entries: readonly ZipEntry[]): ZipDialect | undefined => {
  const names = new Set(entries.map(({ name }) => name).filter((name) => !name.endsWith('/')))
  return zipDialects.find((dialect) => dialect.matches(names))
}

const distinct = (entries: readonly ZipEntry[]): ZipEntry[] => {
  const seen = new Map<string, ZipEntry>()
  for (const entry of entries) {
    const key = [entry.dataAt, entry.compressedLength, entry.method, entry.length, entry.checksum].join()
    if (!seen.has(key)) seen.set(key, entry)
  }
  return [...seen.values()]
}

/** The entries of all views of an archive. What they are read from is gone before the first is entered. */
const gatherEntries = (content: ByteSource, inspection: Inspection): ZipEntry[] => {
  const directories = readAll(content, inspection)
  const [main, ...others] = directories
  const entries: ZipEntry[] = []
  const extents: Extent[] = []
  const gaps: Extent[] = []
  for (const directory of directories) {
    checkDirectory(directory, inspection)
    const listed = followDirectory(content, directory, inspection)
    // Lists of a hostile archive are too long to be arguments of a call.
    for (const entry of listed.entries) entries.push(entry)
    for (const gap of listed.leftOut) gaps.push(gap)
    // Entries that several directories share are no overlap.
    const known = new Set(extents.map(({ start }) => start))
    for (const extent of listed.extents) if (directory === main || !known.has(extent.start)) extents.push(extent)
  }
  if (main === undefined) {
    inspection.report({
      rule: containerRules['zip-no-directory'],
      message: 'expected a directory at the end of the archive, found none',
    })
  } else {
    checkEnd(main.end, inspection)
    checkTail(content, main.end, inspection)
    for (const gap of gapsAround(main, extents, inspection)) gaps.push(gap)
  }
  for (const other of others) {
    inspection.report({
      rule: containerRules['zip-second-directory'],
      message: `expected one directory, found another at ${other.start}`,
      offset: other.end.at,
    })
  }
  if (main === undefined) gaps.push({ start: 0, end: content.size, name: '' })
  try {
    for (const entry of searchGaps(content, gaps, inspection, main !== undefined)) entries.push(entry)
  } catch (error) {
    reportBomb(error, inspection)
  }
  return entries
}

const gapsAround = (main: Directory, extents: readonly Extent[], inspection: Inspection): Extent[] => {
  const between = main.records.length === 0 ? [] : gapsBetween(extents, main.start, inspection)
  const { recordsEnd, end } = main
  const after = { start: recordsEnd, end: end.directoryEnd, name: '' }
  return after.start < after.end ? [...between, after] : between
}

/** Torch stores its pickle and its storages as they are; what is compressed was written by others. */
const checkTorchStorages = (
  content: ByteSource,
  entries: readonly ZipEntry[],
  storage: RegExp,
  inspection: Inspection,
): void => {
  const records = new Map<string, number>()
  for (const { name, length } of entries) {
    const key = storage.exec(name)?.[1]
    if (key !== undefined) records.set(key, length)
  }
  for (const { name, dataAt, method, compressedLength } of entries) {
    if (method !== 0 || !/^[^/]+\/data\.pkl$/.test(name)) continue
    checkStorageRecords(partOf(content, dataAt, compressedLength), records, inspection)
  }
}

const enterAll = async (content: ByteSource, entries: readonly ZipEntry[], inspection: Inspection): Promise<void> => {
  const dialect = dialectOf(entries)
  if (dialect !== undefined) inspection.refine(dialect.name)
  const names = new Set<string>()
  for (const { name, dataAt } of entries) {
    if (names.has(name)) continue
    names.add(name)
    checkEntryName(name, inspection, dataAt)
  }
  const context = createZipContext(content, inspection, dialect)
  for (const entry of distinct(entries)) await enterEntry(context, entry)
  if (dialect?.storage !== undefined) checkTorchStorages(content, entries, dialect.storage, inspection)
  if (entries.length === 0) {
    inspection.incomplete('not scanned: the archive has no entry')
  }
}

/**
 * Reads a zip in every way in which a loader would: by each directory that can be found, by the headers before the data,
 * and by what stands outside of the listed entries. All entries of all views are entered, and where the views disagree
 * a finding says so.
 */
export const inspectZip = async (content: ByteSource, inspection: Inspection): Promise<void> => {
  await enterAll(content, gatherEntries(content, inspection), inspection)
}
