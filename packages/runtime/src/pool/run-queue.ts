import { NootropicError } from '@nootropic/core'
import type { SandboxLimits } from '../sandbox/limits.ts'
import type { RunRequest } from './run-request.ts'

/** Runs that wait, in the order they came; those that are run anew come first. */
export interface RunQueue extends Iterable<RunRequest> {
  readonly length: number
  readonly byteLength: number
  /** @throws NootropicError `LIMIT_EXCEEDED` when one more would be too many, or too much */
  verifyRoom(request: RunRequest): void
  put(request: RunRequest): void
  /** Puts back one that was in before: it waits before all others. */
  putBack(request: RunRequest): void
  /** Takes it out, wherever it stands. */
  remove(request: RunRequest): void
}

/** Bounded in count and in bytes (CWE-770). */
export const createRunQueue = ({
  queueLength,
  queueBytes,
}: Pick<SandboxLimits, 'queueLength' | 'queueBytes'>): RunQueue => {
  const again = new Set<RunRequest>()
  const waiting = new Set<RunRequest>()
  let byteLength = 0
  const putInto = (place: Set<RunRequest>, request: RunRequest): void => {
    place.add(request)
    byteLength += request.byteLength
  }
  const queue: RunQueue = {
    get length() {
      return again.size + waiting.size
    },
    get byteLength() {
      return byteLength
    },
    verifyRoom(request) {
      if (queue.length >= queueLength) {
        throw new NootropicError(
          'LIMIT_EXCEEDED',
          `expected at most ${queueLength} runs to wait for this model, found as many; try again later`,
          { details: { waiting: queue.length, queueLength } },
        )
      }
      if (byteLength + request.byteLength > queueBytes) {
        throw new NootropicError(
          'LIMIT_EXCEEDED',
          `expected at most ${queueBytes} bytes of inputs to wait for this model, found ${byteLength} and ` +
            `${request.byteLength} more; try again later`,
          { details: { waitingBytes: byteLength, queueBytes } },
        )
      }
    },
    put: (request) => putInto(waiting, request),
    putBack: (request) => putInto(again, request),
    *[Symbol.iterator]() {
      yield* again
      yield* waiting
    },
    remove(request) {
      if (again.delete(request) || waiting.delete(request)) byteLength -= request.byteLength
    },
  }
  return queue
}
