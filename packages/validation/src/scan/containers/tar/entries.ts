import type { Inspection } from '../../inspection.ts'
import { type ByteSource, partOf } from '../../source.ts'
import { isZero, windowsOf } from '../bytes.ts'
import { containerRules } from '../rules.ts'
import { blockLength, isTarHeader, readTarHeader, type TarHeader } from './header.ts'
import { extendOverrides, isExtension, nameOf, noOverrides, type ReportTar, sizeOf } from './overrides.ts'

/** What a tar holds under one name. */
export interface TarEntry {
  readonly offset: number
  readonly header: TarHeader
  readonly name: string
  readonly linkTarget: string
  /** Whether only pieces of it are stored. */
  readonly isSparse: boolean
  readonly data: ByteSource
}

/** Links, devices, directories and pipes have no data, whatever their size says (Python's tarfile, GNU tar). */
const typesWithoutData: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6'])

/** GNU directories of incremental backups hold a list of names, which is no file. */
const listTypes: ReadonlySet<string> = new Set(['D', 'V', 'M', 'N'])

const padded = (size: number): number => Math.ceil(size / blockLength) * blockLength

const checkAfterEnd = (content: ByteSource, end: number, inspection: Inspection): void => {
  for (const window of windowsOf(content, end)) {
    inspection.budget.checkTime()
    if (isZero(window)) continue
    inspection.report({
      rule: containerRules['tar-after-end'],
      message: `expected nothing after the end of the archive, found ${content.size - end} bytes that are not all zero`,
      offset: end,
    })
    return
  }
}

/** Where the next sound header is: readers that ignore what is damaged go on there. */
const findHeader = (content: ByteSource, from: number, inspection: Inspection): number => {
  let at = from
  for (; at + blockLength <= content.size; at += blockLength) {
    inspection.budget.checkTime()
    if (isTarHeader(content.read(at, blockLength))) return at
  }
  return content.size
}

/** Where the data of an old GNU sparse entry begins: after the blocks that its map goes on in. */
const skipSparseMap = (content: ByteSource, header: TarHeader, from: number): number => {
  let at = from
  for (let goesOn = header.type === 'S' && header.goesOn; goesOn && at < content.size; at += blockLength) {
    goesOn = content.read(at + blockLength - 8, 1)[0] === 1
  }
  return at
}

/** Walks over the entries from header to header. What the headers say against one another is reported on the way. */
export function* walkTar(content: ByteSource, inspection: Inspection): Generator<TarEntry> {
  let overrides = noOverrides
  for (let at = 0; at < content.size; ) {
    inspection.budget.checkTime()
    const offset = at
    const block = content.read(offset, blockLength)
    const header = readTarHeader(block)
    if (header === undefined || isZero(block)) {
      checkAfterEnd(content, offset, inspection)
      // What readers find that do not stop at the end.
      at = findHeader(content, offset, inspection)
      continue
    }
    const report: ReportTar = (rule, message, evidence) =>
      inspection.report({
        rule: containerRules[rule],
        message,
        offset,
        inside: header.name,
        ...(evidence && { evidence }),
      })
    if (!header.isChecksumRight) {
      report('tar-checksum', 'expected the checksum of the header, found another')
      at = findHeader(content, offset + blockLength, inspection)
      continue
    }
    inspection.budget.takeEntry()
    const records = isExtension(header) ? noOverrides.next : new Map([...overrides.global, ...overrides.next])
    const size = sizeOf(header, records, report)
    const hasData = !typesWithoutData.has(header.type)
    if (size > 0 && !hasData)
      report('tar-malformed', `expected no data of an entry of type ${header.type}, found ${size} bytes`)
    const dataAt = skipSparseMap(content, header, offset + blockLength)
    const data = partOf(content, dataAt, hasData ? size : 0)
    at = dataAt + padded(hasData ? size : 0)
    if (isExtension(header)) {
      overrides = extendOverrides(overrides, header, data, report)
      continue
    }
    const name = nameOf(header, records, report)
    overrides = { ...overrides, next: noOverrides.next }
    if (listTypes.has(header.type)) continue
    yield {
      offset,
      header,
      name,
      linkTarget: records.get('linkpath') ?? header.linkTarget,
      isSparse: header.type === 'S' || [...records.keys()].some((key) => key.startsWith('GNU.sparse.')),
      data,
    }
    if (dataAt + size > content.size && hasData) {
      inspection.report({
        rule: containerRules['stream-truncated'],
        message: `expected ${size} bytes, found ${Math.max(0, content.size - dataAt)}`,
        offset,
        inside: name,
      })
      inspection.incomplete('not scanned to the end: the archive is cut off')
    }
  }
}
