import { crc32 } from 'node:zlib'
import type { Inspection, Part } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import { type ByteSource, bytesSource, partOf } from '../../source.ts'
import { decodeName, windowsOf } from '../bytes.ts'
import { checkLink } from '../entry-name.ts'
import { expandPart, reportBomb } from '../expand-part.ts'
import { containerRules } from '../rules.ts'
import { expandBzip2 } from '../streams/bzip2.ts'
import { expandRawDeflate, expandTinyDeflate } from '../streams/deflate.ts'
import type { Expand } from '../streams/expansion.ts'
import { expandZipLzma } from '../streams/lzma.ts'
import { expandXz } from '../streams/xz.ts'
import { expandZstd } from '../streams/zstd.ts'
import type { ZipDialect } from './dialects.ts'
import type { ZipEntry } from './entries.ts'

const stored = 0
const deflated = 8

/** Compression methods (APPNOTE 4.4.5) beside stored and deflated. */
const rareMethods: Readonly<Record<number, (entry: ZipEntry) => Expand>> = {
  12: () => expandBzip2,
  14: ({ length }) => expandZipLzma(length),
  93: () => expandZstd,
  95: () => expandXz,
}

// Checking a checksum reads every byte. Weights are skipped: a gigabyte of them would take a second, nobody interprets
// them, and PyTorch does not check them either. What is interpreted is small.
const maximumChecked = 2 ** 24
const maximumCheckedTogether = 2 ** 26

/**
 * Entries beside weights that are looked into, unless the archive has so many bytes for each (CWE-400). The largest models
 * have some ten thousand; what is smaller and more is there to be slow.
 */
const unsuspiciousEntries = 20_000
const minimumEntryLength = 1024

/** The kinds of files in the mode of a Unix file. */
const kindMask = 0xf000
const linkKind = 0xa000
/** Devices and sockets. A pipe is what `zip` calls what it read from its standard input. */
const specialKinds: readonly number[] = [0x2000, 0x6000, 0xc000]

const maximumLinkLength = 4096
const maximumMarkerLength = 64

/** What is common to the entries of one archive. */
export interface ZipContext {
  readonly content: ByteSource
  readonly inspection: Inspection
  readonly dialect: ZipDialect | undefined
  /** How many bytes may still be read to check checksums of stored entries. */
  checkable: number
  /** How many entries beside weights may still be looked into. */
  enterable: number
}

/** The context in which the entries of an archive are entered. */
export const createZipContext = (
  content: ByteSource,
  inspection: Inspection,
  dialect: ZipDialect | undefined,
): ZipContext => ({
  content,
  inspection,
  dialect,
  checkable: maximumCheckedTogether,
  enterable: Math.max(unsuspiciousEntries, Math.floor(content.size / minimumEntryLength)),
})

const reportEntry = (
  { inspection }: ZipContext,
  entry: ZipEntry,
  rule: keyof typeof containerRules,
  message: string,
): void => inspection.report({ rule: containerRules[rule], message, offset: entry.dataAt, inside: entry.name })

const checkContent = (context: ZipContext, entry: ZipEntry, found: { checksum?: number; length: number }): void => {
  if (!Number.isNaN(entry.length) && found.length !== entry.length) {
    reportEntry(context, entry, 'zip-size-mismatch', `expected ${entry.length} bytes, found ${found.length}`)
  } else if (found.checksum !== undefined && !Number.isNaN(entry.length) && found.checksum !== entry.checksum) {
    const message = `expected the checksum ${entry.checksum.toString(16)}, found ${found.checksum.toString(16)}`
    reportEntry(context, entry, 'zip-checksum', message)
  }
}

const checkStored = (context: ZipContext, entry: ZipEntry, part: ByteSource, expected: Part['expected']): void => {
  if (part.size < entry.compressedLength) return
  const isChecked = expected !== 'weights' && part.size <= Math.min(maximumChecked, context.checkable)
  if (!isChecked) {
    checkContent(context, entry, { length: part.size })
    return
  }
  context.checkable -= part.size
  let checksum = 0
  for (const window of windowsOf(part)) checksum = crc32(window, checksum)
  checkContent(context, entry, { length: part.size, checksum })
}

const checkExpanded = (
  context: ZipContext,
  entry: ZipEntry,
  found: { readonly checksum: number; readonly length: number; readonly unused: number },
): void => {
  checkContent(context, entry, found)
  if (found.unused === 0 || Number.isNaN(entry.length)) return
  const message = `expected nothing after the compressed data, found ${found.unused} bytes`
  reportEntry(context, entry, 'stream-trailing', message)
}

const expandEntry = async (
  context: ZipContext,
  entry: ZipEntry,
  part: ByteSource,
  expand: Expand,
): Promise<ByteSource | undefined> => {
  const expansion = expand(part)
  let checksum = 0
  let length = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of expansion.chunks) {
      checksum = crc32(chunk, checksum)
      length += chunk.length
      yield chunk
    }
  }
  const expanded = await expandPart(counted(), context.inspection, entry.name)
  const consumed = expansion.consumed()
  if (expanded === undefined || consumed === 0) return expanded
  checkExpanded(context, entry, { length, checksum, unused: part.size - consumed })
  return expanded
}

const openDeflated = (
  context: ZipContext,
  entry: ZipEntry,
  part: ByteSource,
): ByteSource | undefined | Promise<ByteSource | undefined> => {
  const tiny = expandTinyDeflate(part)
  if (tiny === undefined) return expandEntry(context, entry, part, expandRawDeflate)
  const { chunk, consumed } = tiny
  try {
    context.inspection.budget.takeExpanded(chunk.length)
  } catch (error) {
    reportBomb(error, context.inspection, entry.name)
    return undefined
  }
  const found = { length: chunk.length, checksum: crc32(chunk), unused: part.size - consumed }
  checkExpanded(context, entry, found)
  return bytesSource(chunk)
}

const openEntry = async (
  context: ZipContext,
  entry: ZipEntry,
  expected: Part['expected'],
): Promise<ByteSource | undefined> => {
  const part = partOf(context.content, entry.dataAt, entry.compressedLength)
  if (entry.method === stored) {
    checkStored(context, entry, part, expected)
    return part
  }
  if (entry.method === deflated) return openDeflated(context, entry, part)
  const rare = rareMethods[entry.method]
  reportEntry(
    context,
    entry,
    rare === undefined ? 'zip-unknown-method' : 'zip-rare-method',
    `expected an entry that is stored or deflated, found method ${entry.method}`,
  )
  if (rare !== undefined) return expandEntry(context, entry, part, rare(entry))
  context.inspection.incomplete(`${printable(entry.name)}: not expanded: compressed by method ${entry.method}`)
  return undefined
}

const isPlainMarker = (content: ByteSource): boolean =>
  content.size <= maximumMarkerLength && /^[\w.\s-]*$/.test(decodeName(content.read(0, content.size)))

/** Opens an entry and hands its content to the walker. */
export const enterEntry = async (context: ZipContext, entry: ZipEntry): Promise<void> => {
  const { inspection, dialect } = context
  inspection.budget.checkTime()
  const kind = entry.mode & kindMask
  if (dialect?.isHandler?.(entry.name)) {
    reportEntry(
      context,
      entry,
      'handler-code',
      `expected a model, found the code ${printable(entry.name)} that runs with it`,
    )
  }
  if (specialKinds.includes(kind)) {
    reportEntry(context, entry, 'entry-special', `expected a file, found the mode 0${entry.mode.toString(8)}`)
  }
  if (entry.compressedLength === 0) return
  const expected = dialect?.expected?.(entry.name)
  if (expected !== 'weights') {
    context.enterable -= 1
    if (context.enterable === -1)
      inspection.incomplete(`not looked into from ${printable(entry.name)} on: too many entries`)
    if (context.enterable < 0) return
  }
  const content = await openEntry(context, entry, expected)
  if (content === undefined || content.size === 0) return
  if (kind === linkKind) {
    const target = decodeName(content.read(0, maximumLinkLength))
    checkLink({ name: entry.name, target, isHard: false }, inspection, entry.dataAt)
    return
  }
  if (dialect?.isMarker?.(entry.name) && isPlainMarker(content)) return
  await inspection.enter({ name: printable(entry.name), content, ...(expected === undefined ? {} : { expected }) })
}
