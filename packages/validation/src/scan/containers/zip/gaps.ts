import type { Inspection } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { bufferOf, isZero } from '../bytes.ts'
import { containerRules } from '../rules.ts'
import { type Extent, readLocalAt, type ZipEntry } from './entries.ts'
import { type LocalHeader, localLength, signature, zipFlag } from './records.ts'

/** How much between the entries is searched for others: a sound archive has only padding there (CWE-400). */
const maximumSearched = 2 ** 26

const windowLength = 2 ** 16

/** What an archive that was split, or could have been, starts with (APPNOTE 8.5.3). */
const splitMarks: readonly string[] = ['PK\x07\x08', 'PK00']

const localMark = Buffer.from(signature.local, 'latin1')

const knownMethods: ReadonlySet<number> = new Set([0, 8, 9, 12, 14, 93, 95])

/** Whether what follows a signature is a header, and not four bytes of something else. */
const isPlausible = (header: LocalHeader): boolean =>
  header.nameBytes.length > 0 && knownMethods.has(header.method) && (header.flags & ~0xf86f) === 0

/** An entry that no directory lists, as a reader that walks over the data takes it. */
const unlistedEntry = (header: LocalHeader, at: number, end: number): ZipEntry => {
  const dataAt = at + header.headerLength
  // Its sizes may stand after the data: deflated data ends by itself, and stored data where the gap ends.
  const isOpen = (header.flags & zipFlag.descriptor) !== 0 && header.compressedLength === 0
  const compressedLength = isOpen ? Math.max(0, end - dataAt) : header.compressedLength
  return {
    name: header.name,
    method: header.method,
    checksum: header.checksum,
    dataAt,
    compressedLength,
    length: isOpen ? Number.NaN : header.length,
    mode: 0,
  }
}

/** What was found in a gap. */
interface GapContent {
  readonly entries: readonly ZipEntry[]
  /** Where the first byte stands that is neither padding nor part of an entry. */
  readonly strayAt: number | undefined
}

const searchGap = (content: ByteSource, gap: Extent, inspection: Inspection): GapContent => {
  const entries: ZipEntry[] = []
  let strayAt: number | undefined
  let at = gap.start
  if (at === 0 && splitMarks.includes(bufferOf(content.read(0, Math.min(4, gap.end))).toString('latin1'))) at = 4
  while (at < gap.end) {
    inspection.budget.checkTime()
    const window = bufferOf(content.read(at, Math.min(windowLength, gap.end - at)))
    const found = window.indexOf(localMark)
    const before = found === -1 ? window : window.subarray(0, found)
    if (strayAt === undefined && !isZero(before)) strayAt = at
    if (found === -1) {
      // A signature may lie across the border of two windows.
      const next = at + window.length
      at = next < gap.end ? next - (localMark.length - 1) : next
      continue
    }
    at += found
    const header = readLocalAt(content, at, localLength)
    if (header === undefined || !isPlausible(header)) {
      strayAt ??= at
      at += localMark.length
      continue
    }
    inspection.budget.takeEntry()
    const entry = unlistedEntry(header, at, gap.end)
    entries.push(entry)
    const end = entry.dataAt + entry.compressedLength
    at = end <= gap.end && !Number.isNaN(entry.length) ? end : entry.dataAt
  }
  return { entries, strayAt }
}

/** The places that no entry of `extents` takes, up to `end`. Entries that share bytes are reported. */
export const gapsBetween = (extents: readonly Extent[], end: number, inspection: Inspection): Extent[] => {
  const gaps: Extent[] = []
  let cursor = 0
  let previous: Extent | undefined
  for (const extent of extents.toSorted((left, right) => left.start - right.start)) {
    if (previous !== undefined && extent.start < cursor) {
      inspection.report({
        rule: containerRules['zip-overlap'],
        message: `expected entries one after another, found ${printable(extent.name)} within ${printable(previous.name)}`,
        offset: extent.start,
        evidence: { first: printable(previous.name), second: printable(extent.name) },
      })
    }
    if (extent.start > cursor) gaps.push({ start: cursor, end: extent.start, name: previous?.name ?? '' })
    if (extent.end > cursor) {
      cursor = extent.end
      previous = extent
    }
  }
  if (cursor < end) gaps.push({ start: cursor, end, name: previous?.name ?? '' })
  return gaps
}

/** Searches what lies outside of the listed entries for others, and reports what is no padding. */
export const searchGaps = (
  content: ByteSource,
  gaps: readonly Extent[],
  inspection: Inspection,
  isListed: boolean,
): ZipEntry[] => {
  const unlisted: ZipEntry[] = []
  let searched = 0
  for (const gap of gaps) {
    searched += gap.end - gap.start
    if (searched > maximumSearched) {
      inspection.incomplete(`not searched: more than ${maximumSearched} bytes outside of the entries`)
      break
    }
    const { entries, strayAt } = searchGap(content, gap, inspection)
    for (const entry of entries) unlisted.push(entry)
    if (isListed) {
      for (const entry of entries) {
        inspection.report({
          rule: containerRules['zip-unlisted'],
          message: `expected the directory to list every entry, found ${printable(entry.name)} beside it`,
          offset: entry.dataAt,
          inside: entry.name,
        })
      }
    }
    if (strayAt === undefined || (entries.length > 0 && gap.start > 0)) continue
    const isBefore = gap.start === 0
    inspection.report({
      rule: containerRules[isBefore ? 'zip-prepended' : 'zip-gap'],
      message: `expected ${isBefore ? 'the archive at the start' : 'padding between entries'}, found ${gap.end - gap.start} other bytes`,
      offset: strayAt,
    })
  }
  return unlisted
}
