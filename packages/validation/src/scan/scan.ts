import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Clock, type Digest, NootropicError, type Report, sha256, systemClock } from '@nootropic/core'
import type { SeverityReactions } from '../reactions.ts'
import { createBudget } from './budget.ts'
import { openScanCache } from './cache.ts'
import { digestOf } from './digest.ts'
import { hashBeside, isHashedBeside } from './digest-thread.ts'
import { type ContentScan, type InspectOptions, inspect } from './inspect.ts'
import { type ScanLimits, scanLimits } from './limits.ts'
import { defaultScanReactions, reportOfScan } from './report.ts'
import { createScratch } from './scratch.ts'
import { type ByteSource, bytesSource, fileSource } from './source.ts'

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

/** A file by its path or `file:` URL, bytes in memory, or a stream of bytes. */
export type ScanInput = string | URL | Uint8Array | ArrayBuffer | AsyncIterable<Uint8Array>

const unreadable = (path: string, found: string, cause?: unknown): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${path} to be a file that can be read, found ${found}`, { cause })

const openFile = (path: string): number => {
  // A link is not followed (CWE-59) and a pipe does not block; Windows has neither flag.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    return openSync(path, flags)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const found = path === '' ? 'no path at all' : code === 'ELOOP' ? 'a symbolic link' : (code ?? String(error))
    throw unreadable(path, found, error)
  }
}

/** Files up to this size are held in memory, so that what is hashed and what is scanned are the same bytes. */
const maximumHeldBytes = 2 ** 26

/** A large file is read more than once: it must be the same file all the time (CWE-367). */
const verifyUnchanged = (path: string, before: Stats): void => {
  const after = lstatSync(path)
  const isSame = (['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const).every((name) => before[name] === after[name])
  if (!isSame) throw unreadable(path, 'one that changed while it was scanned')
}

const limitsOf = (changed: Partial<ScanLimits> = {}): ScanLimits => {
  for (const [name, value] of Object.entries(changed)) {
    // NaN is neither above nor below anything: every check would let it pass.
    if (typeof value === 'number' && value >= 0) continue
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      `expected the limit \`${name}\` to be a number, 0 or more; got ${String(value)}`,
    )
  }
  return { ...scanLimits, ...changed }
}

/** What of a content is known before it is looked at. */
interface Subject extends Pick<InspectOptions, 'path' | 'directory' | 'expected'> {
  /** The content, where memory holds it. */
  readonly held?: Uint8Array | undefined
  /** The content, where it is an open file. */
  readonly descriptor?: number
}

const scanContent = async (
  content: ByteSource,
  subject: Subject,
  options: ScanOptions,
  scratch = createScratch(),
): Promise<Report> => {
  const clock = options.clock ?? systemClock
  const { signal } = options
  const time = { clock, startedAt: clock.now().toISOString(), startedMs: clock.monotonicMs() }
  const limits = limitsOf(options.limits)
  const budget = createBudget(limits, content.size, clock, signal)
  const { path, directory, expected, held, descriptor } = subject
  const look = (): Promise<ContentScan> =>
    inspect(content, { path, directory, expected, limits, budget, scratch, signal, isSwept: true })
  // What the bytes are to be is no part of the key: only what they are by themselves is kept.
  const cache = options.cache === undefined || expected !== undefined ? undefined : openScanCache(options.cache)
  const examine = async (): Promise<{ digest: Digest; result: ContentScan }> => {
    if (descriptor !== undefined && cache === undefined && isHashedBeside(content.size)) {
      return hashBeside({ path, descriptor, size: content.size }, budget, look)
    }
    const digest = held === undefined ? await digestOf(content, budget.checkTime) : sha256(held)
    const cached = cache?.read(digest, limits, path)
    const result = cached ?? (await look())
    if (cached === undefined) cache?.write(digest, limits, result)
    return { digest, result }
  }
  try {
    const { digest, result } = await examine()
    return reportOfScan(result, { path, digest }, { ...time, reactions: options.reactions ?? defaultScanReactions })
  } finally {
    scratch.close()
  }
}

/** Files of /proc and the like have content and no size: what is read of them is another thing each time. */
const verifySized = (descriptor: number, path: string, size: number): void => {
  if (size > 0 || readSync(descriptor, new Uint8Array(1), 0, 1, 0) === 0) return
  throw unreadable(path, 'one without a size, such as those of /proc; copy it and scan the copy')
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
    if (before.isDirectory()) throw unreadable(path, 'a directory, which `scanPath` scans')
    if (!before.isFile()) throw unreadable(path, 'no regular file')
    verifySized(descriptor, path, before.size)
    options.signal?.throwIfAborted()
    const onDisk = fileSource(descriptor, before.size)
    const held = before.size <= maximumHeldBytes ? onDisk.read(0, before.size) : undefined
    const content = held === undefined ? onDisk : bytesSource(held)
    const subject = { path, directory: dirname(path), expected, held, descriptor }
    const report = await scanContent(content, subject, options)
    verifyUnchanged(path, before)
    return report
  } catch (error) {
    // Of the digest: what the readers meet, the walker tells.
    const { code, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>
    throw syscall === 'read' ? unreadable(path, code ?? String(error), error) : error
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
 * @throws NootropicError `FILE_UNREADABLE` (a path), `LIMIT_EXCEEDED` (a stream that is too long), `USAGE`,
 *   `CONFIGURATION_INVALID`; what an aborted signal has as its reason
 * @example
 * ```ts
 * const report = await scan('model.pkl')
 * report.verdict // 'fail'
 * report.findings[0]?.message // 'expected …, found os.system'
 * ```
 */
export const scan = async (input: ScanInput, options: ScanOptions = {}): Promise<Report> => {
  if (typeof input === 'string') return scanFile(input, options)
  if (input instanceof URL) return scanFile(fileURLToPath(input), options)
  const path = options.name ?? 'bytes'
  const held = input instanceof ArrayBuffer ? new Uint8Array(input) : input
  if (held instanceof Uint8Array) return scanContent(bytesSource(held), { path, held }, options)
  if (typeof (held as Partial<typeof held> | undefined)?.[Symbol.asyncIterator] !== 'function') {
    throw new NootropicError('USAGE', `expected a path, a file: URL, bytes or a stream of bytes, got ${typeof held}`)
  }
  const scratch = createScratch()
  try {
    const content = await scratch.gather(bounded(held, limitsOf(options.limits).expandedBytes, options.signal))
    return await scanContent(content, { path }, options, scratch)
  } finally {
    scratch.close()
  }
}

async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    signal?.throwIfAborted()
    if (!(chunk instanceof Uint8Array)) {
      throw new NootropicError('USAGE', `expected a stream of bytes, got ${typeof chunk}; open it without an encoding`)
    }
    size += chunk.length
    if (size > limit) {
      throw new NootropicError('LIMIT_EXCEEDED', `expected a stream of at most ${limit} bytes, found more`)
    }
    yield chunk
  }
}
