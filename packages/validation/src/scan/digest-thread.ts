import { setTimeout } from 'node:timers/promises'
import { isMainThread, Worker } from 'node:worker_threads'
import { type Digest, NootropicError } from '@nootropic/core'
import type { Budget } from './budget.ts'
import { builtProgram } from './built-program.ts'

/** A file that is open, and how much of it is hashed. */
export interface OpenFile {
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

/** The digest, unless the budget or its signal ends first. */
const within = async (budget: Budget, hashed: Promise<Digest>): Promise<Digest> => {
  for (;;) {
    // The budget is asked afterwards: a digest that came while this thread was busy is only received now.
    const digest = await Promise.race([hashed, setTimeout(intervalMs, undefined, { ref: false })])
    if (digest !== undefined) return digest
    budget.checkTime()
  }
}

/**
 * Does `work` in this thread while another hashes a file. That thread has ended when this returns or throws, so that the
 * file can be closed: a thread that still read would read of whatever gets its descriptor next.
 *
 * @throws what `work`, the budget or the reading of the file throws
 */
export const hashBeside = async <Result>(
  file: OpenFile,
  budget: Budget,
  work: () => Promise<Result>,
): Promise<{ readonly digest: Digest; readonly result: Result }> => {
  const worker = new Worker(builtProgram('digest-worker'), { workerData: file, execArgv: [], env: {} })
  isRunning = true
  const hashed = new Promise<Digest>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new NootropicError('INTERNAL', 'the thread that hashes ended without a digest')))
  })
  // It may fail while the work goes on; that is seen when it is awaited.
  hashed.catch(() => {})
  try {
    const result = await work()
    return { digest: await within(budget, hashed), result }
  } finally {
    await worker.terminate()
    isRunning = false
  }
}
