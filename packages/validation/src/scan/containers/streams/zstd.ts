import { type ByteSource, partOf } from '../../source.ts'
import { bufferOf, readUint64 } from '../bytes.ts'
import { runDecoder } from './decoder-thread.ts'
import {
  ExcessiveWindow,
  type Expand,
  expansionOf,
  maximumHeld,
  maximumMembers,
  type StreamRemark,
  TruncatedStream,
  UnsupportedStream,
} from './expansion.ts'

/** RFC 8878: every frame starts with this. */
const zstdMagic = 0xfd2fb528

/** Frames that decoders skip; the low four bits are the writer's own. */
const skippableMagic = 0x184d2a50

/** What the `zstd` program accepts unless it is told otherwise (`--long=27`). */
const maximumWindow = 2 ** 27

interface FrameHeader {
  readonly windowLength: number
  readonly hasDictionary: boolean
  readonly hasChecksum: boolean
  readonly length: number
}

const numberLengths = [0, 1, 2, 4] as const

const readHeader = (buffer: Buffer, start: number): FrameHeader => {
  const flags = buffer[start + 4] ?? 0
  const isSingleSegment = (flags & 0x20) !== 0
  const dictionaryLength = numberLengths[flags & 3] ?? 0
  const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0
  const sizeAt = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryLength
  const length = sizeAt + sizeLength - start
  if (start + length > buffer.length) throw new TruncatedStream('the stream has no end')
  const descriptor = buffer[start + 5] ?? 0
  const base = 2 ** (10 + (descriptor >> 3))
  const size =
    sizeLength === 8 ? readUint64(buffer, sizeAt) : sizeLength === 0 ? 0 : buffer.readUIntLE(sizeAt, sizeLength)
  return {
    windowLength: isSingleSegment ? size : base + (base / 8) * (descriptor & 7),
    hasDictionary: dictionaryLength > 0,
    hasChecksum: (flags & 4) !== 0,
    length,
  }
}

/** Where a frame ends, by the headers of its blocks. */
const endOfFrame = (buffer: Buffer, start: number, header: FrameHeader): number => {
  for (let at = start + header.length; ; ) {
    if (at + 3 > buffer.length) throw new TruncatedStream('the stream has no end')
    const block = buffer.readUIntLE(at, 3)
    at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3)
    if ((block & 1) === 0) continue
    const end = at + (header.hasChecksum ? 4 : 0)
    if (end > buffer.length) throw new TruncatedStream('the stream has no end')
    return end
  }
}

/** Where the frames end that stand one after another from the start. */
const endOfFrames = (buffer: Buffer, remarks: Set<StreamRemark>): number => {
  let at = 0
  for (let frames = 0; at + 4 <= buffer.length; frames += 1) {
    if (frames > maximumMembers) throw new UnsupportedStream(`more than ${maximumMembers} frames`)
    const magic = buffer.readUInt32LE(at)
    if (magic >= skippableMagic && magic < skippableMagic + 16) {
      remarks.add('stream-skipped')
      if (at + 8 > buffer.length) throw new TruncatedStream('the stream has no end')
      at += 8 + buffer.readUInt32LE(at + 4)
      if (at > buffer.length) throw new TruncatedStream('the stream has no end')
      continue
    }
    if (magic !== zstdMagic) break
    const header = readHeader(buffer, at)
    if (header.hasDictionary) throw new UnsupportedStream('it needs a dictionary that is not in the file')
    if (header.windowLength > maximumWindow) {
      throw new ExcessiveWindow(`expected a window of at most ${maximumWindow} bytes, found ${header.windowLength}`)
    }
    at = endOfFrame(buffer, at, header)
  }
  return at
}

async function* expandFrames(content: ByteSource, remarks: Set<StreamRemark>): AsyncGenerator<Uint8Array, number> {
  if (content.size > maximumHeld) throw new UnsupportedStream(`Zstandard of more than ${maximumHeld} bytes`)
  const buffer = bufferOf(content.read(0, content.size))
  let end = buffer.length
  let truncated: TruncatedStream | undefined
  try {
    end = endOfFrames(buffer, remarks)
  } catch (error) {
    if (!(error instanceof TruncatedStream)) throw error
    truncated = error
  }
  try {
    yield* runDecoder<Uint8Array>('fzstd', partOf(content, 0, end))
  } catch (error) {
    throw truncated ?? error
  }
  if (truncated !== undefined) throw truncated
  return end
}

/** Expands Zstandard frames that stand one after another. */
export const expandZstd: Expand = (content) => {
  const remarks = new Set<StreamRemark>()
  return expansionOf(expandFrames(content, remarks), remarks)
}
