import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { decodeName } from '../bytes.ts'
import type { TarHeader } from './header.ts'
import { readPaxRecords } from './pax.ts'
import type { tarRules } from './rules.ts'

/** A pax header or a long name that is longer is not read (CWE-770): Linux paths have 4096 bytes. */
const maximumExtensionLength = 2 ** 20

/** What fits the name field of a header needs no extension. */
const nameFieldLength = 100

/** The largest size that fits the 11 octal digits of its field. */
const largestOctal = 8 ** 11 - 1

const extensionTypes = ['x', 'X', 'g', 'L', 'K'] as const

/** Reports something about the entry that is read. */
export type ReportTar = (
  rule: keyof typeof tarRules,
  message: string,
  evidence?: Readonly<Record<string, string | number>>,
) => void

/** What headers before an entry say about it. */
export interface Overrides {
  /** For the next entry only. */
  readonly next: ReadonlyMap<string, string>
  /** For all entries that follow. */
  readonly global: ReadonlyMap<string, string>
}

/** Nothing was said yet. */
export const noOverrides: Overrides = { next: new Map(), global: new Map() }

/** Whether an entry only says something about others. */
export const isExtension = ({ type }: TarHeader): boolean => extensionTypes.some((extension) => extension === type)

/** Adds what an extension says. */
export const extendOverrides = (
  overrides: Overrides,
  header: TarHeader,
  data: ByteSource,
  report: ReportTar,
): Overrides => {
  if (data.size > maximumExtensionLength) {
    report('tar-malformed', `expected an extension of at most ${maximumExtensionLength} bytes, found ${data.size}`)
    return overrides
  }
  const bytes = data.read(0, data.size)
  if (header.type === 'L' || header.type === 'K') {
    const name = decodeName(bytes).split('\0', 1)[0] ?? ''
    return { ...overrides, next: new Map([...overrides.next, [header.type === 'L' ? 'path' : 'linkpath', name]]) }
  }
  const { records, isSound } = readPaxRecords(bytes)
  if (!isSound) report('tar-malformed', 'expected pax records, found something else')
  return header.type === 'g'
    ? { ...overrides, global: new Map([...overrides.global, ...records]) }
    : { ...overrides, next: new Map([...overrides.next, ...records]) }
}

/** The size of an entry: by the pax header where it gives one. */
export const sizeOf = (header: TarHeader, records: ReadonlyMap<string, string>, report: ReportTar): number => {
  const stated = records.get('size')
  if (stated === undefined) {
    if (header.size === undefined) report('tar-malformed', 'expected an octal size, found something else')
    return header.size ?? 0
  }
  const size = /^\d{1,15}$/.test(stated) ? Number(stated) : undefined
  if (size === undefined) {
    report('tar-malformed', `expected a size in the pax header, found ${printable(stated)}`)
  } else if (size !== header.size && size <= largestOctal) {
    const found = header.size ?? 'none'
    const message = `expected one size, found ${found} in the header and ${size} in the pax header`
    report('tar-size-override', message, { header: found, pax: size })
  }
  return size ?? header.size ?? 0
}

const withoutSlash = (name: string): string => name.replace(/\/+$/, '')

/** The name of an entry: by the pax or GNU header where it gives one. */
export const nameOf = (header: TarHeader, records: ReadonlyMap<string, string>, report: ReportTar): string => {
  const sparse = records.get('GNU.sparse.name')
  const stated = sparse ?? records.get('path')
  if (stated === undefined) return header.name
  const needsNone = stated.length <= nameFieldLength && /^[\x20-\x7e]*$/.test(stated)
  if (needsNone && sparse === undefined && withoutSlash(stated) !== withoutSlash(header.name)) {
    const evidence = { header: printable(header.name), replaced: printable(stated) }
    report('tar-name-override', `expected one name, found ${evidence.header} and ${evidence.replaced}`, evidence)
  }
  return stated
}
