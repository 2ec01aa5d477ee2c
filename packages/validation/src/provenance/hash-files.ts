import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { NootropicError } from '@nootropic/core'
import type { ContentHash } from '@nootropic/core/formats'
import { Piscina } from 'piscina'
import { builtProgram } from '../scan/built-program.ts'
import { type FileRange, type HashOutcome, hashRange } from './hash-range.ts'
import type { TreeFile } from './model-tree.ts'

/** A file, or a shard of it, whose digest is wanted. */
export interface HashTask {
  readonly file: TreeFile
  readonly start: number
  readonly end: number
}

/** How files are hashed. */
export interface HashOptions {
  readonly algorithm: ContentHash
  /** As many as there are processors, four at most, where the caller says nothing. */
  readonly threads?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Below this, starting threads takes longer than they spare. */
const threadedBytes = 2 ** 27

/** Four outrun most disks, and each takes ten megabytes. */
const maximumThreads = 4

/** So many files are opened before others of this thread have their turn. */
const turnFiles = 256

const heapMegabytes = 64

type HashesRange = (range: FileRange) => Promise<HashOutcome>

const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true)
    throw new NootropicError('ABORTED', 'expected to hash the whole model, found that the caller stopped it', {
      cause: signal.reason,
    })
}

const isSame = (left: BigIntStats, right: BigIntStats): boolean =>
  left.dev === right.dev &&
  left.ino === right.ino &&
  left.size === right.size &&
  left.mtimeNs === right.mtimeNs &&
  left.ctimeNs === right.ctimeNs

const changed: HashOutcome = { unreadable: 'it changed while it was read' }

// A link put in the file's place is not followed (CWE-59), and a pipe does not block. Windows has neither flag.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

const hashWith = async (hashes: HashesRange, { file, start, end }: HashTask, algorithm: ContentHash) => {
  let descriptor: number
  try {
    descriptor = openSync(file.location, flags)
  } catch (error) {
    return { unreadable: `it cannot be opened (${(error as NodeJS.ErrnoException).code})` }
  }
  try {
    if (!isSame(file.status, fstatSync(descriptor, { bigint: true }))) return changed
    const outcome = await hashes({ descriptor, start, end, algorithm })
    return isSame(file.status, fstatSync(descriptor, { bigint: true })) ? outcome : changed
  } finally {
    closeSync(descriptor)
  }
}

const hashHere = async (
  tasks: readonly HashTask[],
  { algorithm, signal }: HashOptions,
  keep: (task: HashTask, outcome: HashOutcome) => void,
): Promise<void> => {
  const checkTurn = (): void => throwIfAborted(signal)
  for (const [index, task] of tasks.entries()) {
    if (index % turnFiles === 0) {
      if (index > 0) await setImmediate()
      checkTurn()
    }
    keep(task, await hashWith((range) => hashRange(range, checkTurn), task, algorithm))
  }
}

const hashInThreads = async (
  tasks: readonly HashTask[],
  threads: number,
  { algorithm, signal }: HashOptions,
  keep: (task: HashTask, outcome: HashOutcome) => void,
): Promise<void> => {
  const pool = new Piscina<FileRange, HashOutcome>({
    filename: builtProgram('hash-worker'),
    name: 'hashTask',
    // The program is built: loaders and conditions of the process that started it would only mislead it.
    execArgv: [],
    env: {},
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  })
  // The largest first, so that no thread is left alone with one at the end.
  const waiting = tasks.toSorted((left, right) => left.end - left.start - (right.end - right.start))
  const hashes: HashesRange = (range) => pool.run(range, signal === undefined ? {} : { signal })
  const work = async (): Promise<void> => {
    for (let task = waiting.pop(); task !== undefined; task = waiting.pop()) {
      throwIfAborted(signal)
      keep(task, await hashWith(hashes, task, algorithm))
    }
  }
  try {
    await Promise.all(Array.from({ length: threads }, work))
  } catch (error) {
    waiting.length = 0
    throwIfAborted(signal)
    throw error
  } finally {
    await pool.destroy()
  }
}

/**
 * Hashes files and shards: large models in threads of their own, small ones in this thread. Memory does not grow with the
 * model.
 *
 * @throws NootropicError `ABORTED`
 */
export const hashFiles = async (
  tasks: readonly HashTask[],
  options: HashOptions,
): Promise<ReadonlyMap<HashTask, HashOutcome>> => {
  const outcomes = new Map<HashTask, HashOutcome>()
  const bytes = tasks.reduce((sum, { start, end }) => sum + end - start, 0)
  const allowed = options.threads ?? Math.min(availableParallelism(), maximumThreads)
  const threads = Math.min(allowed, tasks.length)
  const keep = (task: HashTask, outcome: HashOutcome): void => void outcomes.set(task, outcome)
  if (threads < 2 || bytes < threadedBytes) await hashHere(tasks, options, keep)
  else await hashInThreads(tasks, threads, options, keep)
  return outcomes
}
