import type { KeyObject } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { NootropicError } from '../errors.ts'
import { readFully, writeFully } from './file-bytes.ts'
import { corrupt, headerLength } from './floe-format.ts'
import { layoutToOpen, layoutToSeal, type Range } from './floe-layout.ts'
import { createFileSource, openFloeReader } from './floe-reader.ts'
import {
  createSegmentOpener,
  createSegmentSealer,
  type OpenOptions,
  type SealOptions,
  sealedSegment,
} from './floe-segment.ts'

/** Sees every piece of content in its order, to hash it: before it is sealed, after it was verified. Lent for the call. */
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
  /** Bytes of the longest block on each side. */
  readonly inputLength: number
  readonly outputLength: number
  input(index: number): Range
  output(index: number): Range
  /** Makes block `index` of the output, at the start of `target`. */
  work(index: number, block: Buffer, target: Buffer): Buffer
  /** The error for an input that became shorter. */
  cut(index: number): NootropicError
}

// Two buffers that take turns.
const createBuffers = (length: number): { at(index: number): Buffer; wipe(): void } => {
  const [even, odd] = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)]
  return {
    at: (index) => (index % 2 === 0 ? even : odd),
    wipe() {
      even.fill(0)
      odd.fill(0)
    },
  }
}

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

// Block after block, in two buffers on each side: while one is worked on, the next is read and the one before written.
const pump = async (from: FileHandle, to: FileHandle, plan: Plan): Promise<void> => {
  const inputs = createBuffers(plan.inputLength)
  const outputs = createBuffers(plan.outputLength)
  const read = async (index: number): Promise<Buffer> => {
    if (index === plan.segments) return Buffer.alloc(0)
    const place = plan.input(index)
    const length = place.end - place.start
    const block = await readFully(from, inputs.at(index).subarray(0, length), place.start)
    if (block.length < length) throw plan.cut(index)
    return block
  }
  let reading = start(read(0))
  let writing = Promise.resolve()
  try {
    for (let index = 0; index < plan.segments; index += 1) {
      const block = await reading
      reading = start(read(index + 1))
      const result = plan.work(index, block, outputs.at(index))
      await writing
      writing = start(write(to, result, plan.output(index).start))
    }
    await writing
  } finally {
    // Nothing may still be using the files or the buffers when the caller goes on.
    await Promise.allSettled([reading, writing])
    inputs.wipe()
    outputs.wipe()
  }
}

const changed = (found: string): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected a file that nobody writes to while it is sealed, found ${found}`)

/**
 * Seals one open file into another, empty one: four segments of memory, whatever the size, with reading, sealing and
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
      inputLength: Math.min(sealer.contentLength, layout.contentSize),
      outputLength: Math.min(sealer.segmentLength, layout.sealedSize),
      input: (index) => layout.segment(index).content,
      output: (index) => layout.segment(index).sealed,
      work(index, content, target) {
        options.onContent?.(content)
        return sealer.seal(index, layout.segment(index).isFinal, [content], target)
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
      inputLength: Math.min(opener.segmentLength, layout.sealedSize),
      outputLength: Math.min(opener.contentLength, layout.contentSize),
      input: (index) => layout.segment(index).sealed,
      output: (index) => layout.segment(index).content,
      work(index, sealed, target) {
        const content = opener.open(index, layout.segment(index).isFinal, sealedSegment(sealed), target)
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
