import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { type Clock, type Digest, NootropicError, type Report, sha256, systemClock } from '@nootropic/core'
import type { SeverityReactions } from '../reactions.ts'
import { createBudget } from './budget.ts'
import { openScanCache } from './cache.ts'
import { type InspectOptions, inspect } from './inspect.ts'
import { type ScanLimits, scanLimits } from './limits.ts'
import { defaultScanReactions, reportOfScan } from './report.ts'
import { createScratch } from './scratch.ts'
import { type ByteSource, bytesSource, fileSource, readInto } from './source.ts'

/** How a file is scanned. */
export interface ScanOptions {
  /** What bytes or a stream are called in the report. */
  readonly name?: string
  /** What follows from a finding of each severity; without it medium and above fail the file. */
  readonly reactions?: SeverityReactions
  /** Limits to change; the others keep their defaults. */
  readonly limits?: Partial<ScanLimits>
  /** A private directory in which what was found is kept: the same bytes are then looked at once. */
  readonly cache?: string
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

/** A file by its path, bytes in memory, or a stream of bytes. */
export type ScanInput = string | Uint8Array | AsyncIterable<Uint8Array>

const unreadable = (path: string, found: string, cause?: unknown): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${path} to be a file that can be read, found ${found}`, { cause })

const openFile = (path: string): number => {
  // A link is not followed (CWE-59) and a pipe does not block; Windows has neither flag.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    return openSync(path, flags)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unreadable(path, code === 'ELOOP' ? 'a symbolic link' : (code ?? String(error)), error)
  }
}

/** Files up to this size are held in memory, so that what is hashed and what is scanned are the same bytes. */
const maximumHeldBytes = 2 ** 26

const hashedLength = 2 ** 20

const digestOf = (content: ByteSource): Digest => {
  const hash = createHash('sha256')
  const window = Buffer.allocUnsafeSlow(hashedLength)
  for (let offset = 0; offset < content.size; offset += hashedLength) {
    hash.update(window.subarray(0, readInto(content, window, offset)))
  }
  return `sha256:${hash.digest('hex')}`
}

/** A large file is read more than once: it must be the same file all the time (CWE-367). */
const verifyUnchanged = (path: string, before: Stats): void => {
  const after = lstatSync(path)
  const isSame = (['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const).every((name) => before[name] === after[name])
  if (!isSame) throw unreadable(path, 'one that changed while it was scanned')
}

const scanContent = async (
  content: ByteSource,
  digest: Digest,
  subject: Pick<InspectOptions, 'path' | 'directory' | 'expected'>,
  options: ScanOptions,
  scratch = createScratch(),
): Promise<Report> => {
  const clock = options.clock ?? systemClock
  const time = { clock, startedAt: clock.now().toISOString(), startedMs: clock.monotonicMs() }
  const limits = { ...scanLimits, ...options.limits }
  const budget = createBudget(limits, content.size, clock, options.signal)
  try {
    const { path } = subject
    // What the bytes are to be is no part of the key: only what they are by themselves is kept.
    const isByItself = subject.expected === undefined
    const cache = options.cache === undefined || !isByItself ? undefined : openScanCache(options.cache)
    const cached = cache?.read(digest, limits, path)
    const scan =
      cached ?? (await inspect(content, { ...subject, limits, budget, scratch, signal: options.signal, isSwept: true }))
    if (cached === undefined) cache?.write(digest, limits, scan)
    return reportOfScan(scan, { path, digest }, { ...time, reactions: options.reactions ?? defaultScanReactions })
  } finally {
    scratch.close()
  }
}

/**
 * Scans a file of which is known what it is.
 *
 * @param expected `weights`, where a model beside it says that its numbers are there; otherwise the content says it.
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const scanFile = async (path: string, options: ScanOptions, expected?: 'weights'): Promise<Report> => {
  const descriptor = openFile(path)
  try {
    const before = fstatSync(descriptor)
    if (!before.isFile()) throw unreadable(path, 'no regular file')
    const onDisk = fileSource(descriptor, before.size)
    const held = before.size <= maximumHeldBytes ? onDisk.read(0, before.size) : undefined
    const content = held === undefined ? onDisk : bytesSource(held)
    const digest = held === undefined ? digestOf(onDisk) : sha256(held)
    const report = await scanContent(content, digest, { path, directory: dirname(path), expected }, options)
    verifyUnchanged(path, before)
    return report
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Scans one model file by its content, and everything inside it, without loading it.
 *
 * Memory stays bounded whatever the size: of a large file only structure and windows are held, and what comes out of
 * compressed parts waits in a nameless temporary file. What could not be looked at leaves the verdict `incomplete`.
 *
 * @throws NootropicError `FILE_UNREADABLE` (a path), `LIMIT_EXCEEDED` (a stream that is too long)
 * @example
 * ```ts
 * const report = await scan('model.pkl')
 * report.verdict // 'fail'
 * report.findings[0]?.message // 'expected …, found os.system'
 * ```
 */
export const scan = async (input: ScanInput, options: ScanOptions = {}): Promise<Report> => {
  if (typeof input === 'string') return scanFile(input, options)
  const path = options.name ?? 'bytes'
  if (input instanceof Uint8Array) return scanContent(bytesSource(input), sha256(input), { path }, options)
  const scratch = createScratch()
  try {
    const limit = options.limits?.expandedBytes ?? scanLimits.expandedBytes
    const content = await scratch.gather(bounded(input, limit))
    return await scanContent(content, digestOf(content), { path }, options, scratch)
  } finally {
    scratch.close()
  }
}

async function* bounded(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit)
      throw new NootropicError('LIMIT_EXCEEDED', `expected a stream of at most ${limit} bytes, found more`)
    yield chunk
  }
}
