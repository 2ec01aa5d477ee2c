import { areLike, rowsOf } from './batch-tensors.ts'
import { type BatchSizes, largestBatch, maximumBatchBytes, tryBatches } from './batch-trial.ts'
import type { Tensors } from './feeds-digest.ts'
import type { RunRequest } from './run-request.ts'

/** Finds out whether requests may be run as one, and which. */
export interface Batching {
  /**
   * Whether there is something to find out: nobody has tried yet, and this request has company that it could be run with.
   */
  isWorthTrying(request: RunRequest, waiting: Iterable<RunRequest>): boolean
  /** Finds out, with the request's inputs, on a worker that nobody needs meanwhile. Where that fails, nothing is joined. */
  learn(request: RunRequest, run: (feeds: Tensors) => Promise<Tensors>): Promise<void>
  /** The request and those that wait and are to be run with it, `most` at most. */
  gather(request: RunRequest, waiting: Iterable<RunRequest>, most: number): RunRequest[]
}

const isJoinable = ({ feeds, runsAlone }: RunRequest): boolean => !runsAlone && rowsOf(feeds) !== undefined

const companyOf = (request: RunRequest, waiting: Iterable<RunRequest>, most: number): RunRequest[] => {
  if (!isJoinable(request)) return [request]
  const company = [request]
  let byteLength = request.byteLength
  for (const other of waiting) {
    if (company.length >= most) break
    if (other === request || !isJoinable(other) || byteLength + other.byteLength > maximumBatchBytes) continue
    if (!areLike(request.feeds, other.feeds)) continue
    company.push(other)
    byteLength += other.byteLength
  }
  return company
}

// A trial can be spoilt by whoever kills its worker; one that always is must not go on for ever.
const maximumTrials = 3

/** @param mayJoin whether the model's graph allows it; asked once, when there is something to gain. */
export const createBatching = (mayJoin: () => Promise<boolean>): Batching => {
  let trials = 0
  let isTried = false
  let sizes: BatchSizes = new Set()
  // A size that was tried speaks for those above it, up to the next.
  const isWorth = (size: number): boolean => sizes.has(2 ** Math.floor(Math.log2(size)))
  return {
    isWorthTrying: (request, waiting) => !isTried && companyOf(request, waiting, 2).length > 1,
    async learn({ feeds }, run) {
      isTried = true
      trials += 1
      try {
        sizes = (await mayJoin()) ? await tryBatches(feeds, run) : new Set()
      } catch {
        isTried = trials >= maximumTrials
      }
    },
    gather(request, waiting, most) {
      if (sizes.size === 0 || most < 2) return [request]
      const company = companyOf(request, waiting, Math.min(most, largestBatch))
      while (company.length > 1 && !isWorth(company.length)) company.pop()
      return company
    },
  }
}
