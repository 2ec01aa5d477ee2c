import {
  elementCount,
  NootropicError,
  type Signature,
  tensorArrays,
  type UsageAmounts,
  type UsageAnswer,
  type UsageLimiter,
  type UsageRequest,
} from '@nootropic/core'
import { tensorsByteLength } from '../guards/check-values.ts'
import type { ModelRun } from '../model-workers.ts'
import type { Tensors } from './guarded.ts'

/** What holds the tokens of a text, by the convention of models of language. */
const tokenInput = 'input_ids'

// Thirty years; above it a deadline is none, and no limiter could count it.
const longestSeconds = 1_000_000_000

/** What an execution can use at most. */
interface Bounds {
  readonly inputs: Tensors
  readonly signature: Signature
  readonly deadlineMs: number
  /** Of all outputs together. */
  readonly outputBytes: number
}

/** Bytes of all outputs, where the model says how large each of them is. */
const declaredBytes = ({ outputs }: Signature): number =>
  outputs.reduce((sum, { type, dims }) => {
    const sizes = dims.filter((dim) => typeof dim === 'number')
    const isFixed = sizes.length === dims.length && type !== 'string'
    return sum + (isFixed ? elementCount(sizes) * tensorArrays[type].BYTES_PER_ELEMENT : Number.POSITIVE_INFINITY)
  }, 0)

/** What an execution costs at most: one request, its tokens, what goes in and may come out, and its whole deadline. */
export const mostUsage = ({ inputs, signature, deadlineMs, outputBytes }: Bounds): Required<UsageAmounts> => ({
  requests: 1,
  tokens: inputs[tokenInput]?.data.length ?? 0,
  bytes: tensorsByteLength(inputs) + Math.min(outputBytes, declaredBytes(signature)),
  'compute-seconds': Math.min(Math.max(0, deadlineMs / 1000), longestSeconds),
})

const usedUp = ({ quota, retryAfterSeconds }: UsageAnswer & { admitted: false }): NootropicError => {
  const found = `expected the quota "${quota}" to have room for this request`
  return retryAfterSeconds === undefined
    ? new NootropicError('LIMIT_EXCEEDED', `${found}, which it never has; send less, or allow less time`, {
        details: { quota },
      })
    : new NootropicError('LIMIT_EXCEEDED', `${found}, found it used up; try again in ${retryAfterSeconds} s`, {
        details: { quota, retryAfterSeconds },
      })
}

/** Does a run, and counts what it uses. */
export type CountedRun = (run: () => Promise<ModelRun>) => Promise<ModelRun>

/**
 * Does `work` within what the limiter allows, and settles then what was really used. What is refused before the run is given
 * back; a run that fails is counted as far as it came.
 *
 * @throws NootropicError `LIMIT_EXCEEDED` with `details.quota` and `details.retryAfterSeconds`, and what the limiter throws: a
 * result that cannot be counted is withheld
 */
export const withinUsage = async <Result>(
  limiter: UsageLimiter,
  { inputs, ...request }: UsageRequest & { readonly inputs: Tensors },
  { stage, now }: { readonly stage: <Done>(work: () => Promise<Done>) => Promise<Done>; readonly now: () => number },
  work: (counted: CountedRun) => Promise<Result>,
): Promise<Result> => {
  const reservation = await stage(async () => {
    const answer = await limiter.reserve(request)
    if (answer.admitted !== true) throw usedUp(answer)
    return answer.reservation
  })
  let used: UsageAmounts | undefined
  const counted: CountedRun = async (run) => {
    const sent = tensorsByteLength(inputs)
    const startedMs = now()
    try {
      const done = await run()
      used = { bytes: sent + tensorsByteLength(done.outputs), 'compute-seconds': done.runMs / 1000 }
      return done
    } catch (error) {
      // With the wait for a worker in it: how long the worker itself was busy is not known any more.
      used = { bytes: sent, 'compute-seconds': Math.max(0, now() - startedMs) / 1000 }
      throw error
    }
  }
  let result: Result
  try {
    result = await work(counted)
  } catch (error) {
    // What went wrong first is what the caller is told; a limiter that fails now still holds what was reserved.
    await (used === undefined ? reservation.release() : reservation.settle(used)).catch(() => {})
    throw error
  }
  await stage(() => reservation.settle(used ?? {}))
  return result
}
