import type { Sample } from '../../format.ts'
import type { ByteSource } from '../../source.ts'
import { bufferOf, readUint64, windowsOf } from '../bytes.ts'
import { createByteReader } from './byte-reader.ts'
import { type Expand, expansionOf, TruncatedStream } from './expansion.ts'
import { expandLzmaData, type LzmaProperties } from './lzma-data.ts'
import { damagedLzma } from './range-decoder.ts'

const alonePropertiesLength = 13

/** The mark that writers may set at the end although the size is known. */
const endMarkLength = 6

const readAloneHeader = (head: Uint8Array): LzmaProperties | undefined => {
  if (head.length < alonePropertiesLength) return undefined
  const buffer = bufferOf(head)
  const isUnknown = buffer.readBigUInt64LE(5) === 0xffffffffffffffffn
  return {
    bits: buffer[0] ?? 0,
    windowLength: buffer.readUInt32LE(1),
    size: isUnknown ? undefined : readUint64(buffer, 5),
  }
}

function* expandAlone(content: ByteSource): Generator<Uint8Array, number> {
  const properties = readAloneHeader(content.read(0, alonePropertiesLength))
  if (properties === undefined) throw damagedLzma('no header')
  const bytes = createByteReader(windowsOf(content, alonePropertiesLength))
  yield* expandLzmaData(bytes, properties)
  const end = alonePropertiesLength + bytes.position()
  return content.size - end <= endMarkLength ? content.size : end
}

/** Expands an `.lzma` file. */
export const expandLzmaAlone: Expand = (content) => expansionOf(expandAlone(content))

function* expandZipEntry(content: ByteSource, size: number): Generator<Uint8Array, number> {
  // APPNOTE 5.8.8: two bytes of version, two of the length of the properties, and then those.
  const head = bufferOf(content.read(0, 9))
  if (head.length < 9 || head.readUInt16LE(2) !== 5) throw damagedLzma('no properties of five bytes')
  const bytes = createByteReader(windowsOf(content, 9))
  yield* expandLzmaData(bytes, { bits: head[4] ?? 0, windowLength: head.readUInt32LE(5), size })
  return content.size - bytes.position() <= 9 + endMarkLength ? content.size : 9 + bytes.position()
}

/** Expands an entry of a zip that is compressed by method 14. */
export const expandZipLzma = (size: number): Expand => {
  return (content) => expansionOf(expandZipEntry(content, size))
}

/** What the head may expand to while it is tried. */
const triedLength = 512

/** The window sizes that `.lzma` writers use: 2^n and 2^n + 2^(n-1), at least 4 KiB, or all bits set. */
const isUsualWindow = (length: number): boolean => {
  if (length === 0xffffffff) return true
  const highest = 2 ** (31 - Math.clz32(length))
  return length >= 4096 && (length === highest || length === highest * 1.5)
}

/**
 * Whether a content is an `.lzma` file. It has no magic: its properties, its window and the size must be such as writers
 * give, the range coder must start with zero, and the head must expand.
 */
export const looksLikeLzma = ({ head, size: total, text }: Sample): boolean => {
  const properties = head[0] !== undefined && head[0] < 9 * 5 * 5 ? readAloneHeader(head) : undefined
  if (properties === undefined || text !== undefined || head[alonePropertiesLength] !== 0) return false
  if (!isUsualWindow(properties.windowLength)) return false
  if (properties.size !== undefined && properties.size > 2 ** 40) return false
  const tried = expandLzmaData(createByteReader([head.subarray(alonePropertiesLength)].values()), {
    ...properties,
    windowLength: Math.min(properties.windowLength, 2 ** 20),
    size: Math.min(properties.size ?? triedLength, triedLength),
  })
  try {
    for (const _ of tried);
    return true
  } catch (error) {
    return error instanceof TruncatedStream && total > head.length
  }
}
