import { canonicalJson, type InferenceSession, NootropicError, type RunOptions, type Tensor } from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import { verifyFeeds } from '@nootropic/core/inference'
import { createPool, type PoolMetrics } from '../pool/pool.ts'
import type { TellPool } from '../pool/pool-event.ts'
import { defaultPoolOptions, type PoolOptions } from '../pool/pool-options.ts'
import { areRowsIndependent } from '../pool/row-independence.ts'
import type { Answer } from '../pool/run-request.ts'
import { countTexts, maximumTexts } from '../worker/tensor-payload.ts'
import type { IsolationReport } from './isolation.ts'
import { longestRunMs } from './limits.ts'
import { type LoadedWorkerParts, loadWorker } from './loaded-worker.ts'
import { withDeadline } from './stop-signal.ts'

export type { LendModel } from './loaded-worker.ts'

/** What a run gave, what was proved of the worker that gave it, and which process that is, as the host sees it. */
export type TracedRun = Answer

/** A model loaded in worker processes of its own. */
export interface SandboxSession extends InferenceSession {
  /** What was proved of the worker that was given a run last. */
  readonly isolation: IsolationReport
  /** That worker's process, as the host sees it: the worker, or what holds it. */
  readonly pid: number
  /** As `run`, and says which worker it was. */
  runTraced(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<TracedRun>
  /** How busy the workers are now. */
  readonly metrics: PoolMetrics
  /** Replaces the workers; no run is lost. */
  restart(): Promise<void>
  /** Finishes what is inside, takes nothing new, and closes. */
  drain(): Promise<void>
}

/** What a session is made of. */
export interface SandboxSessionParts extends LoadedWorkerParts {
  readonly pool?: Partial<PoolOptions> | undefined
  readonly onEvent?: TellPool | undefined
}

/** A worker takes no more; to put them into a message would hold up everybody here as well. */
const verifyTexts = (feeds: Readonly<Record<string, Tensor>>): void => {
  const texts = countTexts(Object.values(feeds))
  if (texts <= maximumTexts) return
  throw new NootropicError(
    'LIMIT_EXCEEDED',
    `expected at most ${maximumTexts} texts in the inputs of one run, found ${texts}; send them in several`,
  )
}

/**
 * Loads a model in a worker; more are started when it is used, and whenever one ends.
 *
 * @throws NootropicError `MODEL_REFUSED`, `MODEL_MALFORMED`, `ISOLATION_UNAVAILABLE`, `WORKER_FAILED`, `DEADLINE_EXCEEDED` or `ABORTED`
 */
export const openSandboxSession = async (
  parts: SandboxSessionParts,
  signal: AbortSignal | undefined,
): Promise<SandboxSession> => {
  const { limits, onEvent } = parts
  const load = (caller: AbortSignal | undefined) =>
    withDeadline(limits.startMs, caller, (stop) => loadWorker(parts, stop))
  const first = await load(signal)
  const { signature } = first
  const description = canonicalJson(signature)

  const loadAnother = async (stop: AbortSignal) => {
    const worker = await load(stop)
    if (canonicalJson(worker.signature) === description) return worker
    await worker.kill()
    throw new NootropicError('WORKER_FAILED', 'two workers described the same model differently')
  }
  const pool = createPool({
    first,
    start: loadAnother,
    limits,
    options: { ...defaultPoolOptions, ...parts.pool },
    mayJoin: () => parts.lendModel(async ({ main }) => areRowsIndependent(readOnnx(main))),
    onEvent,
  })
  let isOpen = true
  const longestMs = longestRunMs(limits)

  const runTraced: SandboxSession['runTraced'] = async (feeds, { signal, deadlineMs = limits.deadlineMs } = {}) => {
    if (!isOpen) throw new NootropicError('USAGE', 'expected an open session; this one was closed')
    verifyFeeds(signature.inputs, feeds)
    verifyTexts(feeds)
    return withDeadline(Math.min(deadlineMs, longestMs), signal, (stop) => pool.run(feeds, stop))
  }

  return {
    inputs: signature.inputs,
    outputs: signature.outputs,
    get isolation() {
      return pool.lastServed.isolation
    },
    get pid() {
      return pool.lastServed.pid
    },
    get metrics() {
      return pool.metrics
    },
    run: async (feeds, options) => (await runTraced(feeds, options)).outputs,
    runTraced,
    restart: () => pool.restart(),
    drain() {
      isOpen = false
      return pool.drain()
    },
    close() {
      isOpen = false
      return pool.close()
    },
  }
}
