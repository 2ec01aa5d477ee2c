import { type Format, hasMagic, type Sample } from '../../format.ts'
import type { Inspection } from '../../inspection.ts'
import { printable } from '../../rule.ts'
import type { ByteSource } from '../../source.ts'
import { isZero, windowsOf } from '../bytes.ts'
import { checkEntryName } from '../entry-name.ts'
import { expandPart } from '../expand-part.ts'
import { containerRules } from '../rules.ts'
import { expandBzip2 } from './bzip2.ts'
import { expandZlib } from './deflate.ts'
import type { Expand } from './expansion.ts'
import { expandGzip, readGzipHeader } from './gzip.ts'
import { expandLz4 } from './lz4.ts'
import { expandLzmaAlone, looksLikeLzma } from './lzma.ts'
import { expandXz, xzMagic } from './xz.ts'
import { looksLikeZlib } from './zlib.ts'
import { expandZstd } from './zstd.ts'

/** The name of what comes out of a stream that gives it none. */
const contentName = 'content'

const remarkMessages = {
  'stream-members': 'expected one compressed stream, found several one after another',
  'stream-skipped': 'expected compressed data, found a frame that readers skip',
} as const

const checkTrailing = (content: ByteSource, end: number, inspection: Inspection): void => {
  for (const window of windowsOf(content, end)) {
    inspection.budget.checkTime()
    // Tapes and Python's gzip pad with zeros.
    if (isZero(window)) continue
    inspection.report({
      rule: containerRules['stream-trailing'],
      message: `expected nothing after the compressed stream, found ${content.size - end} bytes`,
      offset: end,
    })
    return
  }
}

const inspectBy = (
  expand: Expand,
  nameOf: (content: ByteSource, inspection: Inspection) => string = () => contentName,
) => {
  return async (content: ByteSource, inspection: Inspection): Promise<void> => {
    const name = nameOf(content, inspection)
    const expansion = expand(content)
    const expanded = await expandPart(expansion.chunks, inspection)
    for (const remark of expansion.remarks) {
      inspection.report({ rule: containerRules[remark], message: remarkMessages[remark] })
    }
    // A stream that broke off took an unknown part of the content.
    if (expansion.consumed() > 0) checkTrailing(content, expansion.consumed(), inspection)
    if (expanded !== undefined && expanded.size > 0) await inspection.enter({ name, content: expanded })
  }
}

const nameInGzip = (content: ByteSource, inspection: Inspection): string => {
  const header = readGzipHeader(content)
  if (header?.hasReserved) {
    inspection.report({
      rule: containerRules['stream-malformed'],
      message: 'expected the reserved flags of gzip to be zero, found some that are set',
      offset: 3,
    })
  }
  if (header?.name === undefined || header.name === '') return contentName
  checkEntryName(header.name, inspection)
  return printable(header.name)
}

const certainBy = (isFormat: (sample: Sample) => boolean): Format['recognise'] => {
  return (sample) => (isFormat(sample) ? 'certain' : undefined)
}

const blockMarks = [
  [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
] as const

const isBzip2 = ({ head }: Sample): boolean =>
  hasMagic(head, 'BZh') && blockMarks.some((mark) => hasMagic(head, mark, 4))

const isSkippable = (head: Uint8Array): boolean =>
  ((head[0] ?? 0) & 0xf0) === 0x50 && hasMagic(head, [0x2a, 0x4d, 0x18], 1)

const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd] as const
const lz4Magics = [
  [0x04, 0x22, 0x4d, 0x18],
  [0x02, 0x21, 0x4c, 0x18],
] as const

/** The magic behind a frame at the start that readers skip. */
const magicOf = ({ head, content }: Sample): Uint8Array => {
  if (head.length < 8 || !isSkippable(head)) return head
  return content.read(8 + Buffer.from(head.subarray(4, 8)).readUInt32LE(), 4)
}

/** Compressed streams of one content. */
export const streamFormats: readonly Format[] = [
  {
    name: 'gzip',
    title: 'a gzip stream',
    recognise: certainBy(({ head }) => hasMagic(head, [0x1f, 0x8b, 0x08])),
    inspect: inspectBy(expandGzip, nameInGzip),
  },
  { name: 'bzip2', title: 'a bzip2 stream', recognise: certainBy(isBzip2), inspect: inspectBy(expandBzip2) },
  {
    name: 'xz',
    title: 'an XZ stream',
    recognise: certainBy(({ head }) => hasMagic(head, xzMagic)),
    inspect: inspectBy(expandXz),
  },
  {
    name: 'zstd',
    title: 'a Zstandard stream',
    recognise: certainBy((sample) => hasMagic(magicOf(sample), zstdMagic)),
    inspect: inspectBy(expandZstd),
  },
  {
    name: 'lz4',
    title: 'an LZ4 stream',
    recognise: certainBy((sample) => lz4Magics.some((magic) => hasMagic(magicOf(sample), magic))),
    inspect: inspectBy(expandLz4),
  },
  {
    name: 'lzma',
    title: 'an LZMA stream',
    recognise: (sample) => (looksLikeLzma(sample) ? 'likely' : undefined),
    inspect: inspectBy(expandLzmaAlone),
  },
  {
    name: 'zlib',
    title: 'a zlib stream',
    recognise: (sample) => (looksLikeZlib(sample) ? 'likely' : undefined),
    inspect: inspectBy(expandZlib),
  },
]
