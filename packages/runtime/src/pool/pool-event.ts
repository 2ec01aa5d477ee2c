import type { Digest, ErrorCode } from '@nootropic/core'
import type { IsolationLevel } from '../sandbox/isolation.ts'
import type { WorkerFailureCause } from '../sandbox/worker-end.ts'
import type { WorkerUsage } from './worker-usage.ts'

/** Why a worker is no more: `stopped` by its host, for a deadline, a caller or an end of all. */
export type WorkerEndCause = WorkerFailureCause | 'stopped' | 'unknown'

/** What happens among the workers of a model, as plain data. It holds nothing of an input but the digest of a refused one. */
export type PoolEvent =
  | { readonly type: 'worker-started'; readonly pid: number; readonly level: IsolationLevel; readonly startMs: number }
  | { readonly type: 'worker-ended'; readonly pid: number; readonly cause: WorkerEndCause }
  | { readonly type: 'worker-used'; readonly pid: number; readonly usage: WorkerUsage }
  /** No worker came; the next try is in `retryMs`. */
  | { readonly type: 'start-failed'; readonly code: ErrorCode; readonly reason: string; readonly retryMs: number }
  /** A worker that was warm took the place of one that ended. */
  | { readonly type: 'spare-used'; readonly pid: number }
  | { readonly type: 'run-replayed'; readonly cause: WorkerEndCause }
  | { readonly type: 'input-quarantined'; readonly digest: Digest }
  | { readonly type: 'input-refused'; readonly digest: Digest }
  | { readonly type: 'batch-run'; readonly size: number }

/** Tells what happens. */
export type TellPool = (event: PoolEvent) => void

/** An observer that fails must not fail the run it observes. */
export const tellSafely =
  (onEvent: TellPool | undefined): TellPool =>
  (event) => {
    try {
      onEvent?.(event)
    } catch {
      // It is the observer's to handle.
    }
  }
