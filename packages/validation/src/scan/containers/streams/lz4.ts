import type { ByteSource } from '../../source.ts'
import { bufferOf } from '../bytes.ts'
import { TruncatedStream, UnsupportedStream } from './expansion.ts'
import { expandMembers, skippedMember } from './members.ts'

// LZ4 frame format 1.6.3 and the legacy frame of the `lz4` program. No library of npm reads both; the block format is so
// small that it is read here. Checksums are not verified: what is loaded is what comes out, and that is looked at.

const frameMagic = 0x184d2204
const legacyMagic = 0x184c2102

/** Matches reach back this far. */
const windowLength = 64 * 1024

const legacyBlockLength = 2 ** 23

const damaged = (what: string): Error => new Error(`lz4: ${what}`)

const readExactly = (content: ByteSource, offset: number, length: number): Buffer => {
  const bytes = bufferOf(content.read(offset, length))
  if (bytes.length < length) throw new TruncatedStream('the stream has no end')
  return bytes
}

/** Expands a block behind the window that `output` starts with, and returns where the output ends. */
const expandBlock = (block: Uint8Array, output: Uint8Array, start: number): number => {
  let at = 0
  let end = start
  const readLength = (initial: number): number => {
    let length = initial
    if (initial < 15) return length
    for (;;) {
      if (at >= block.length) throw damaged('a length without end')
      const more = block[at] ?? 0
      at += 1
      length += more
      if (more < 255) return length
    }
  }
  while (at < block.length) {
    const token = block[at] ?? 0
    at += 1
    const literals = readLength(token >> 4)
    if (at + literals > block.length || end + literals > output.length) throw damaged('literals beyond their block')
    output.set(block.subarray(at, at + literals), end)
    at += literals
    end += literals
    if (at >= block.length) return end
    const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8)
    at += 2
    const length = readLength(token & 15) + 4
    if (distance === 0 || distance > end || end + length > output.length) throw damaged('a match beyond its block')
    for (const stop = end + length; end < stop; end += 1) output[end] = output[end - distance] ?? 0
  }
  return end
}

function* expandBlocks(
  content: ByteSource,
  offset: number,
  frame: { readonly blockLength: number; readonly checksumLength: number; readonly isLinked: boolean },
): Generator<Uint8Array, number> {
  const output = new Uint8Array(windowLength + frame.blockLength)
  let window = 0
  for (let at = offset; ; ) {
    const size = readExactly(content, at, 4).readUInt32LE()
    if (size === 0) return at + 4
    const length = size & 0x7fffffff
    if (length > frame.blockLength) throw damaged('a block longer than its frame allows')
    const block = readExactly(content, at + 4, length)
    at += 4 + length + frame.checksumLength
    let end = window + length
    if (size > 0x7fffffff) output.set(block, window)
    else end = expandBlock(block, output, window)
    yield output.slice(window, end)
    const kept = frame.isLinked ? Math.min(end, windowLength) : 0
    output.copyWithin(0, end - kept, end)
    window = kept
  }
}

function* expandFrame(content: ByteSource): Generator<Uint8Array, number> {
  const header = readExactly(content, 4, 2)
  const flags = header[0] ?? 0
  const blockSize = ((header[1] ?? 0) >> 4) & 7
  if (flags >> 6 !== 1) throw damaged('a version that is not 1')
  if (blockSize < 4) throw damaged('a block size that is not defined')
  if ((flags & 1) !== 0) throw new UnsupportedStream('it needs a dictionary that is not in the file')
  const offset = 4 + 2 + ((flags & 8) === 0 ? 0 : 8) + 1
  const end = yield* expandBlocks(content, offset, {
    blockLength: 2 ** (8 + 2 * blockSize),
    checksumLength: (flags & 16) === 0 ? 0 : 4,
    isLinked: (flags & 32) === 0,
  })
  return end + ((flags & 4) === 0 ? 0 : 4)
}

function* expandLegacy(content: ByteSource): Generator<Uint8Array, number> {
  const output = new Uint8Array(legacyBlockLength)
  let at = 4
  while (at < content.size) {
    const length = readExactly(content, at, 4).readUInt32LE()
    // The next frame, or whatever follows: a block cannot be that much longer than its content.
    if (length > legacyBlockLength + legacyBlockLength / 255 + 16) return at
    const end = expandBlock(readExactly(content, at + 4, length), output, 0)
    yield output.slice(0, end)
    at += 4 + length
  }
  return at
}

/** Expands LZ4 frames, legacy ones among them, that stand one after another. */
export const expandLz4 = expandMembers((content, head) => {
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0)
  if (magic === frameMagic) return { steps: expandFrame(content) }
  if (magic === legacyMagic) return { steps: expandLegacy(content) }
  return skippedMember(content, head)
})
