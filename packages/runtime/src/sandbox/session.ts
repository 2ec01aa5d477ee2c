import { canonicalJson, type InferenceSession, NootropicError } from '@nootropic/core'
import { readOnnx } from '@nootropic/core/formats'
import { verifyFeeds } from '@nootropic/core/inference'
import { createPool, type PoolMetrics } from '../pool/pool.ts'
import type { TellPool } from '../pool/pool-event.ts'
import { defaultPoolOptions, type PoolOptions } from '../pool/pool-options.ts'
import { areRowsIndependent } from '../pool/row-independence.ts'
import type { IsolationReport } from './isolation.ts'
import { type LoadedWorkerParts, loadWorker } from './loaded-worker.ts'
import { withDeadline } from './stop-signal.ts'

export type { LendModel } from './loaded-worker.ts'

/** A model loaded in worker processes of its own. */
export interface SandboxSession extends InferenceSession {
  /** What was proved of the worker that was given a run last. */
  readonly isolation: IsolationReport
  /** That worker's process, as the host sees it: the worker, or what holds it. */
  readonly pid: number
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
  const load = (caller?: AbortSignal) => withDeadline(limits.startMs, caller, (stop) => loadWorker(parts, stop))
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
    async run(feeds, { signal, deadlineMs = limits.deadlineMs } = {}) {
      if (!isOpen) throw new NootropicError('USAGE', 'expected an open session; this one was closed')
      verifyFeeds(signature.inputs, feeds)
      return withDeadline(deadlineMs, signal, (stop) => pool.run(feeds, stop))
    },
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
