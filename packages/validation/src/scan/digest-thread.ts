import { setTimeout } from 'node:timers/promises'
import { isMainThread, Worker } from 'node:worker_threads'
import { type Digest, NootropicError } from '@nootropic/core'
import type { FileRange, HashOutcome } from '../provenance/hash-range.ts'
import type { Budget } from './budget.ts'
import { builtProgram } from './built-program.ts'
import { printable } from './rule.ts'

/** A file that is open, and how much of it is hashed. */
export interface OpenFile {
  /** As the caller named it. */
  readonly path: string
  readonly descriptor: number
  readonly size: number
}

/** Below this, starting a thread takes longer than it spares. */
const minimumSize = 2 ** 27

/** How often the budget is asked while only the digest is waited for. */
const intervalMs = 100

let isRunning = false

/**
 * Whether a file is hashed by a thread of its own. Not in a thread, such as those of the pool, which are as many as the
 * caller allows and busy with a file each; and one at a time, however many scans were started beside one another (CWE-770).
 */
export const isHashedBeside = (size: number): boolean => size >= minimumSize && isMainThread && !isRunning

/** What was found, unless the budget or its signal ends first. */
const within = async (budget: Budget, hashed: Promise<HashOutcome>): Promise<HashOutcome> => {
  for (;;) {
    // The budget is asked afterwards: a digest that came while this thread was busy is only received now.
    const outcome = await Promise.race([hashed, setTimeout(intervalMs, undefined, { ref: false })])
    if (outcome !== undefined) return outcome
    budget.checkTime()
  }
}

const digestFound = (path: string, outcome: HashOutcome): Digest => {
  if ('digest' in outcome) return `sha256:${outcome.digest}`
  throw new NootropicError('FILE_UNREADABLE', `expected to hash ${printable(path)} whole; ${outcome.unreadable}`)
}

/**
 * Does `work` in this thread while another hashes a file. That thread has ended when this returns or throws, so that the
 * file can be closed: a thread that still read would read of whatever gets its descriptor next.
 *
 * @throws NootropicError `FILE_UNREADABLE`, and what `work` or the budget throws
 */
export const hashBeside = async <Result>(
  { path, descriptor, size }: OpenFile,
  budget: Budget,
  work: () => Promise<Result>,
): Promise<{ readonly digest: Digest; readonly result: Result }> => {
  const workerData: FileRange = { descriptor, start: 0, end: size, algorithm: 'sha256' }
  const worker = new Worker(builtProgram('hash-worker'), { workerData, execArgv: [], env: {} })
  isRunning = true
  const hashed = new Promise<HashOutcome>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new NootropicError('INTERNAL', 'the thread that hashes ended without a digest')))
  })
  // It may fail while the work goes on; that is seen when it is awaited.
  hashed.catch(() => {})
  try {
    const result = await work()
    return { digest: digestFound(path, await within(budget, hashed)), result }
  } finally {
    await worker.terminate()
    isRunning = false
  }
}
