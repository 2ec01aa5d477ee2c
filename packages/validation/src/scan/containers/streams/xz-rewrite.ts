import { crc32 } from 'node:zlib'
import type { ByteSource } from '../../source.ts'
import { bufferOf } from '../bytes.ts'

// The decoder that is at hand knows no SHA-256 and no filter before LZMA2, which Python's `lzma` reads all the same. The
// stream is handed to it without them: The .xz File Format 1.2.1 says where each stands.

const headerLength = 12
const footerLength = 12
const sha256 = { id: 10, length: 32 } as const
const checkLengths: readonly number[] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]
const filterIds = { delta: 3n, lzma2: 0x21n } as const

/** Blocks of a stream that is rewritten; Python writes one (CWE-770). */
const maximumBlocks = 4096
/** What a stream may be long that is held to be rewritten (CWE-789). */
const maximumLength = 2 ** 25

/** A stream that the decoder reads, and what has to be done to what comes out. */
export interface RewrittenXz {
  readonly bytes: Uint8Array
  /** The length of what comes out of each block, and the distance of its delta filter where it has one. */
  readonly blocks: readonly { readonly length: number; readonly delta: number | undefined }[]
  /** Whether a filter for machine code was left out: addresses in what comes out are not what they were. */
  readonly isApproximate: boolean
}

const readNumber = (bytes: Buffer, at: number): { readonly value: bigint; readonly next: number } => {
  let value = 0n
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index] ?? 0
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return { value, next: at + index + 1 }
  }
  return { value, next: at + 9 }
}

const writeNumber = (value: number): Buffer => {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  return Buffer.from([...bytes, left])
}

const withChecksum = (bytes: Buffer): Buffer => {
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32LE(crc32(bytes))
  return Buffer.concat([bytes, checksum])
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])

/** A block header with LZMA2 alone, and the distance of the delta filter before it. */
const rewriteHeader = (header: Buffer) => {
  if (crc32(header.subarray(0, -4)) !== header.readUInt32LE(header.length - 4)) return undefined
  const flags = header[1] ?? 0
  let at = 2
  for (const isThere of [(flags & 0x40) !== 0, (flags & 0x80) !== 0]) if (isThere) at = readNumber(header, at).next
  let delta: number | undefined
  let isApproximate = false
  let dictionary: number | undefined
  for (let count = 0; count <= (flags & 3); count += 1) {
    const { value: id, next } = readNumber(header, at)
    const size = readNumber(header, next)
    if (id === filterIds.lzma2) dictionary = header[size.next]
    else if (id === filterIds.delta && delta === undefined && !isApproximate) delta = (header[size.next] ?? 0) + 1
    else isApproximate = true
    at = size.next + Number(size.value)
  }
  if (dictionary === undefined) return undefined
  const bytes = withChecksum(Buffer.from([2, 0, Number(filterIds.lzma2), 1, dictionary, 0, 0, 0]))
  return { bytes, delta, isApproximate }
}

/** The sizes in the index of a stream: of each block without its padding, and of what comes out of it. */
const readIndex = (index: Buffer): { readonly size: number; readonly length: number }[] | undefined => {
  const count = readNumber(index, 1)
  if (index[0] !== 0 || count.value > maximumBlocks) return undefined
  const blocks: { size: number; length: number }[] = []
  let at = count.next
  for (let left = Number(count.value); left > 0; left -= 1) {
    const size = readNumber(index, at)
    const length = readNumber(index, size.next)
    blocks.push({ size: Number(size.value), length: Number(length.value) })
    at = length.next
  }
  return blocks
}

/** Rewrites a single XZ stream; nothing where it is damaged, several or too long. */
export const rewriteXz = (content: ByteSource): RewrittenXz | undefined => {
  if (content.size > maximumLength || content.size < headerLength + footerLength) return undefined
  const stream = bufferOf(content.read(0, content.size))
  const footer = stream.subarray(-footerLength)
  const indexAt = stream.length - footerLength - 4 * (footer.readUInt32LE(4) + 1)
  const check = stream[7] ?? 0
  if (footer.toString('latin1', 10) !== 'YZ' || indexAt < headerLength || check > 15) return undefined
  const index = readIndex(stream.subarray(indexAt, -footerLength))
  const isKept = check !== sha256.id
  const checkLength = checkLengths[check] ?? 0
  if (index === undefined) return undefined

  const parts: Buffer[] = []
  const sizes: number[] = []
  const blocks: RewrittenXz['blocks'][number][] = []
  let isApproximate = false
  let at = headerLength
  for (const { size, length } of index) {
    const blockHeaderLength = 4 * ((stream[at] ?? 0) + 1)
    if (blockHeaderLength + checkLength > size || at + size > indexAt) return undefined
    const header = rewriteHeader(stream.subarray(at, at + blockHeaderLength))
    if (header === undefined) return undefined
    isApproximate ||= header.isApproximate
    const data = stream.subarray(at + blockHeaderLength, at + size - checkLength)
    // A checksum is of what comes out of all filters: where some are left out it would be wrong.
    parts.push(padded(Buffer.concat([header.bytes, data])))
    sizes.push(header.bytes.length + data.length)
    blocks.push({ length, delta: header.delta })
    at += Math.ceil(size / 4) * 4
  }
  if (at !== indexAt || (isKept && blocks.every(({ delta }) => delta === undefined) && !isApproximate)) return undefined
  const flags = Buffer.from([0, 0])
  const numbers = sizes.flatMap((size, block) => [writeNumber(size), writeNumber(blocks[block]?.length ?? 0)])
  const newIndex = withChecksum(padded(Buffer.concat([Buffer.from([0]), writeNumber(sizes.length), ...numbers])))
  const backward = Buffer.alloc(4)
  backward.writeUInt32LE(newIndex.length / 4 - 1)
  const tail = withChecksum(Buffer.concat([backward, flags]))
  const newFooter = Buffer.concat([tail.subarray(6), tail.subarray(0, 6), Buffer.from('YZ')])
  const head = Buffer.concat([stream.subarray(0, 6), flags, withChecksum(flags).subarray(2)])
  return { bytes: Buffer.concat([head, ...parts, newIndex, newFooter]), blocks, isApproximate }
}

/** Undoes the delta filters on what comes out of a rewritten stream, block by block. */
export async function* undoDelta(
  chunks: AsyncIterable<Uint8Array>,
  { blocks }: RewrittenXz,
): AsyncGenerator<Uint8Array, void> {
  let block = 0
  let left = blocks[0]?.length ?? 0
  let before = new Uint8Array(256)
  let position = 0
  for await (const chunk of chunks) {
    const bytes = Uint8Array.from(chunk)
    for (let at = 0; at < bytes.length; ) {
      while (left === 0 && block < blocks.length) {
        block += 1
        left = blocks[block]?.length ?? bytes.length
        before = new Uint8Array(256)
        position = 0
      }
      const delta = blocks[block]?.delta
      const end = Math.min(bytes.length, at + left)
      left -= end - at
      if (delta === undefined) at = end
      for (; at < end; at += 1) {
        const value = ((bytes[at] ?? 0) + (before[(position - (delta ?? 0)) & 0xff] ?? 0)) & 0xff
        bytes[at] = value
        before[position & 0xff] = value
        position += 1
      }
    }
    yield bytes
  }
}
