import type { ByteSource } from '../../source.ts'
import { windowsOf } from '../bytes.ts'
import { type ByteReader, createByteReader } from './byte-reader.ts'
import { createBitReader, damagedBzip2, readTransformed } from './bzip2-block.ts'
import { type Expand, expansionOf } from './expansion.ts'

// bzip2 has no standard; its format is what the program of Julian Seward writes. The npm decoders keep the output of a
// whole stream in memory (one block of 40 bytes gives 46 MB), so that this one exists: it hands out pieces (CWE-409).

const blockMark = 0x314159265359
const endMark = 0x177245385090

const pieceLength = 64 * 1024

/** Turns the block into the chain of its bytes: the low 8 bits are the byte, the others the index of the next. */
const linkBytes = (block: Uint32Array, length: number): void => {
  const starts = new Uint32Array(257)
  for (let index = 0; index < length; index += 1) {
    const next = ((block[index] ?? 0) & 0xff) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let byte = 1; byte < 257; byte += 1) starts[byte] = (starts[byte] ?? 0) + (starts[byte - 1] ?? 0)
  for (let index = 0; index < length; index += 1) {
    const byte = (block[index] ?? 0) & 0xff
    const at = starts[byte] ?? 0
    starts[byte] = at + 1
    block[at] = (block[at] ?? 0) | (index << 8)
  }
}

const checksumTable = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value
})

/** Follows the chain and undoes the runs of four: the original bytes, in pieces. Returns their checksum. */
function* unlinkBytes(block: Uint32Array, length: number, start: number): Generator<Uint8Array, number> {
  let piece = new Uint8Array(pieceLength)
  let filled = 0
  let checksum = -1
  let link = block[start] ?? 0
  let previous = -1
  let repeats = 0
  for (let left = length; left > 0; left -= 1) {
    link = block[link >>> 8] ?? 0
    const byte = link & 0xff
    let copies = 1
    let value = byte
    if (repeats === 4) {
      copies = byte
      value = previous
      repeats = 0
      previous = -1
    } else {
      repeats = byte === previous ? repeats + 1 : 1
      previous = byte
    }
    for (; copies > 0; copies -= 1) {
      checksum = (checksum << 8) ^ (checksumTable[(checksum >>> 24) ^ value] ?? 0)
      piece[filled] = value
      filled += 1
      if (filled < pieceLength) continue
      yield piece
      piece = new Uint8Array(pieceLength)
      filled = 0
    }
  }
  yield piece.subarray(0, filled)
  return ~checksum >>> 0
}

function* expandStream(bytes: ByteReader): Generator<Uint8Array, void> {
  const reader = createBitReader(bytes)
  const [b, z, h, level] = [reader.bits(8), reader.bits(8), reader.bits(8), reader.bits(8) - 0x30]
  if (b !== 0x42 || z !== 0x5a || h !== 0x68 || level < 1 || level > 9) throw damagedBzip2('no header')
  const block = new Uint32Array(level * 100_000)
  let combined = 0
  for (;;) {
    const mark = reader.bits(24) * 2 ** 24 + reader.bits(24)
    const checksum = reader.bits(32)
    if (mark === endMark) {
      if (combined !== checksum) throw damagedBzip2('a wrong checksum of the stream')
      return
    }
    if (mark !== blockMark) throw damagedBzip2('neither a block nor the end')
    if (reader.bit() === 1) throw damagedBzip2('a block of a version that was given up')
    const start = reader.bits(24)
    const length = readTransformed(reader, block)
    if (start >= length) throw damagedBzip2('a block that starts outside of itself')
    linkBytes(block, length)
    const found = yield* unlinkBytes(block, length, start)
    if (found !== checksum) throw damagedBzip2('a wrong checksum of a block')
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0
  }
}

function* expandStreams(content: ByteSource): Generator<Uint8Array, number> {
  const bytes = createByteReader(windowsOf(content))
  for (;;) {
    yield* expandStream(bytes)
    const end = bytes.position()
    // Python's reader goes on with the next stream, and stops where none begins.
    if (content.read(end, 3).join() !== '66,90,104') return end
  }
}

/** Expands bzip2 streams that stand one after another. */
export const expandBzip2: Expand = (content) => expansionOf(expandStreams(content))
