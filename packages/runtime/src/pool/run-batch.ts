import { NootropicError } from '@nootropic/core'
import type { LoadedWorker } from '../sandbox/loaded-worker.ts'
import { createStop } from '../sandbox/stop-signal.ts'
import { joinRows, rowsOf, splitRows } from './batch-tensors.ts'
import type { RunRequest } from './run-request.ts'

/** Runs requests as one and answers each; the error when that failed, and nobody was answered. */
export const runBatch = async (worker: LoadedWorker, requests: readonly RunRequest[]): Promise<unknown> => {
  const feeds = requests.map((request) => request.feeds)
  const nobody = createStop()
  // Who gives up has that for an answer at once; the run is ended when nobody waits for it any more.
  const leave = (): void => {
    if (requests.every(({ stop }) => stop.aborted)) nobody.abort(requests[0]?.stop.reason)
  }
  for (const { stop } of requests) stop.addEventListener('abort', leave, { once: true })
  try {
    const rows = feeds.map((one) => rowsOf(one) ?? 0)
    const answers = splitRows(await worker.run(joinRows(feeds), nobody), rows)
    if (answers === undefined) throw new NootropicError('OUTPUT_INVALID', 'expected as many rows out as in')
    const { isolation, pid } = worker
    for (const [index, request] of requests.entries()) {
      request.resolve({ outputs: answers[index] ?? {}, isolation, pid })
    }
    return undefined
  } catch (error) {
    return error
  } finally {
    for (const { stop } of requests) stop.removeEventListener('abort', leave)
  }
}
