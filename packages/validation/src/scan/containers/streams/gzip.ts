import { crc32 } from 'node:zlib'
import { type ByteSource, partOf } from '../../source.ts'
import { bufferOf, decodeName } from '../bytes.ts'
import { expandRawDeflate } from './deflate.ts'
import { TruncatedStream } from './expansion.ts'
import { expandMembers } from './members.ts'

/** RFC 1952, 2.3.1. */
const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const

const fixedLength = 10

/** A header with its names fits into this; a longer one is no gzip that anybody writes (CWE-770). */
const maximumHeaderLength = 2 ** 17

/** What the header of a gzip member says. */
export interface GzipHeader {
  readonly length: number
  readonly name: string | undefined
  readonly hasReserved: boolean
}

/** Reads the header of a gzip member, or nothing where it is cut off. */
export const readGzipHeader = (content: ByteSource): GzipHeader | undefined => {
  const fixed = content.read(0, fixedLength)
  const flags = fixed[3] ?? 0
  if (fixed.length < fixedLength) return undefined
  const hasReserved = (flags & flag.reserved) !== 0
  if ((flags & (flag.extra | flag.name | flag.comment | flag.headerChecksum)) === 0) {
    return { length: fixedLength, name: undefined, hasReserved }
  }
  const header = bufferOf(content.read(0, maximumHeaderLength))
  let at = fixedLength
  if ((flags & flag.extra) !== 0) {
    if (at + 2 > header.length) return undefined
    at += 2 + header.readUInt16LE(at)
  }
  let name: string | undefined
  for (const text of [flag.name, flag.comment]) {
    if ((flags & text) === 0) continue
    const end = header.indexOf(0, at)
    if (end === -1) return undefined
    if (text === flag.name) name = decodeName(header.subarray(at, end))
    at = end + 1
  }
  if ((flags & flag.headerChecksum) !== 0) at += 2
  return at > header.length ? undefined : { length: at, name, hasReserved }
}

async function* expandMember(content: ByteSource): AsyncGenerator<Uint8Array, number> {
  const header = readGzipHeader(content)
  if (header === undefined) throw new TruncatedStream('the header has no end')
  const { chunks, consumed } = expandRawDeflate(partOf(content, header.length, content.size - header.length))
  let checksum = 0
  let size = 0
  for await (const chunk of chunks) {
    checksum = crc32(chunk, checksum)
    size += chunk.length
    yield chunk
  }
  const trailer = bufferOf(content.read(header.length + consumed(), 8))
  if (trailer.length < 8) throw new TruncatedStream('the stream has no end')
  if (trailer.readUInt32LE(0) !== checksum) throw new Error('gzip: a wrong checksum')
  if (trailer.readUInt32LE(4) !== size % 2 ** 32) throw new Error('gzip: a wrong size')
  return header.length + consumed() + 8
}

/** Expands gzip members that stand one after another. */
export const expandGzip = expandMembers((content, head) =>
  head[0] === 0x1f && head[1] === 0x8b && head[2] === 8 ? { steps: expandMember(content) } : undefined,
)
