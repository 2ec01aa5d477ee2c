import type { KeyObject } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { NootropicError } from '../errors.ts'
import { release } from './engine/release.ts'
import { readFully, writeFully } from './file-bytes.ts'
import { corrupt, headerLength, prefixLength } from './floe-format.ts'
import { layoutToOpen, layoutToSeal, type Range } from './floe-layout.ts'
import { createFileSource, openFloeReader } from './floe-reader.ts'
import {
  createSegmentOpener,
  createSegmentSealer,
  type OpenOptions,
  type SealOptions,
  sealedSegment,
} from './floe-segment.ts'

/**
 * Sees every piece of content in its order, to hash it: before it is sealed, after it was verified. Lent for the call: then
 * it is overwritten, and at last its memory freed.
 */
export type ContentObserver = (content: Buffer) => void

/** How to seal a file. */
export interface SealFileOptions extends SealOptions {
  readonly onContent?: ContentObserver
}

/** How to open a file. */
export interface OpenFileOptions extends OpenOptions {
  readonly onContent?: ContentObserver
}

interface Plan {
  readonly segments: number
  /** Bytes of the longest segment, sealed: room for a block of either side. */
  readonly bufferLength: number
  /** Where in its buffer a block is read to. */
  readonly inputStart: number
  input(index: number): Range
  output(index: number): Range
  /** Makes block `index` of the output, in the buffer that the block of the input is in. */
  work(index: number, block: Buffer, buffer: Buffer): Buffer
  /** The error for an input that became shorter. */
  cut(index: number): NootropicError
}

// Node's four threads for files have one each, and one is worked on. Fewer leave a processor idle at times.
const buffersInTurn = 5

const write = async (file: FileHandle, bytes: Buffer, offset: number): Promise<void> => {
  try {
    await writeFully(file, bytes, offset)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'an error'
    const message = `expected to write ${bytes.length} bytes at ${offset}, got ${reason}; check the free space`
    throw new NootropicError('STORAGE_FAILED', message, { cause })
  }
}

// An operation that is waited for later: until then its failure is not an unhandled one, which would end the process.
const start = <Result>(operation: Promise<Result>): Promise<Result> => {
  operation.catch(() => undefined)
  return operation
}

// Buffer after buffer takes the next block, which is worked on in its place and written. The work goes in order, so that
// after a refusal nothing more is written; meanwhile other buffers are read and written by other threads.
const pump = async (from: FileHandle, to: FileHandle, plan: Plan): Promise<void> => {
  const read = async (index: number, buffer: Buffer): Promise<Buffer> => {
    if (index >= plan.segments) return buffer
    const place = plan.input(index)
    const length = place.end - place.start
    const block = await readFully(from, buffer.subarray(plan.inputStart, plan.inputStart + length), place.start)
    if (block.length < length) throw plan.cut(index)
    return block
  }
  const writeAndRead = async (index: number, result: Buffer, buffer: Buffer): Promise<Buffer> => {
    await write(to, result, plan.output(index).start)
    return read(index + turns.length, buffer)
  }
  const turns = Array.from({ length: Math.min(buffersInTurn, plan.segments) }, (_, index) => {
    const buffer = Buffer.allocUnsafeSlow(plan.bufferLength)
    return { buffer, reading: start(read(index, buffer)) }
  })
  try {
    for (let index = 0; index < plan.segments; index += 1) {
      const turn = turns[index % turns.length] as (typeof turns)[number]
      const result = plan.work(index, await turn.reading, turn.buffer)
      turn.reading = start(writeAndRead(index, result, turn.buffer))
    }
    await Promise.all(turns.map(({ reading }) => reading))
  } finally {
    // Nothing may still be using the files or the buffers when the caller goes on.
    await Promise.allSettled(turns.map(({ reading }) => reading))
    for (const { buffer } of turns) release(buffer.fill(0))
  }
}

const changed = (found: string): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected a file that nobody writes to while it is sealed, found ${found}`)

/**
 * Seals one open file into another, empty one: five segments of memory, whatever the size, with reading, sealing and
 * writing at the same time. The caller syncs and closes the files, and removes the result of a failure.
 *
 * @returns bytes of the sealed file.
 * @throws NootropicError `USAGE` as `sealFloe`; `FILE_UNREADABLE` when the content changes size meanwhile;
 *   `STORAGE_FAILED` when the result cannot be written.
 */
export const sealFloeFile = async (
  key: KeyObject,
  from: FileHandle,
  to: FileHandle,
  options: SealFileOptions,
): Promise<number> => {
  const sealer = createSegmentSealer(key, options)
  try {
    const layout = layoutToSeal((await from.stat()).size, sealer.segmentLength)
    await write(to, sealer.header, 0)
    await pump(from, to, {
      segments: layout.segments,
      bufferLength: Math.min(sealer.segmentLength, layout.sealedSize),
      inputStart: prefixLength,
      input: (index) => layout.segment(index).content,
      output: (index) => layout.segment(index).sealed,
      work(index, content, buffer) {
        options.onContent?.(content)
        return sealer.seal(index, layout.segment(index).isFinal, [content], buffer)
      },
      cut: () => changed('an end before its size'),
    })
    const { size } = await from.stat()
    if (size !== layout.contentSize) throw changed(`${size} bytes after ${layout.contentSize}`)
    return layout.sealedSize
  } finally {
    sealer.wipe()
  }
}

/**
 * Opens one sealed file into another, empty one, as {@link sealFloeFile} seals. Verifies the end first: of a cut file not
 * one byte is written. The caller syncs and closes the files, and removes the result of a failure.
 *
 * @returns bytes of content.
 * @throws NootropicError `SEALED_FILE_CORRUPT` as `openFloe`; `STORAGE_FAILED` when the result cannot be written.
 */
export const openFloeFile = async (
  key: KeyObject,
  from: FileHandle,
  to: FileHandle,
  options: OpenFileOptions,
): Promise<number> => {
  const source = await createFileSource(from)
  // Opening it for random access verifies its end.
  const reader = await openFloeReader(key, source, options)
  reader.close()
  const opener = createSegmentOpener(key, await readFully(from, Buffer.alloc(headerLength), 0), options)
  try {
    const layout = layoutToOpen(source.size, opener.segmentLength)
    await pump(from, to, {
      segments: layout.segments,
      bufferLength: Math.min(opener.segmentLength, layout.sealedSize),
      inputStart: 0,
      input: (index) => layout.segment(index).sealed,
      output: (index) => layout.segment(index).content,
      work(index, sealed, buffer) {
        const { isFinal } = layout.segment(index)
        const content = opener.open(index, isFinal, sealedSegment(sealed), buffer.subarray(prefixLength))
        options.onContent?.(content)
        return content
      },
      cut: (index) => corrupt(`an end inside segment ${index}`),
    })
    return layout.contentSize
  } finally {
    opener.wipe()
  }
}
