import type { ModelBytes } from './model.ts'
import type { TensorSpec } from './signature.ts'
import type { Tensor } from './tensor.ts'

/** When to stop a run. */
export interface RunOptions {
  readonly signal?: AbortSignal
  readonly deadlineMs?: number
}

/**
 * A loaded model. In this process (`core/inference`) and in a sandbox (`runtime/sandbox`) it is the same to its caller.
 */
export interface InferenceSession {
  readonly inputs: readonly TensorSpec[]
  readonly outputs: readonly TensorSpec[]
  /**
   * Runs the model once.
   *
   * @throws NootropicError `INPUT_INVALID`, `DEADLINE_EXCEEDED`, `ABORTED` or `WORKER_FAILED`
   */
  run(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Record<string, Tensor>>
  close(): Promise<void>
}

/** How far the runtime may rewrite a model's graph before it runs it; what is melted together rounds differently. */
export const optimisationLevels = ['disabled', 'basic', 'extended', 'all'] as const

/** One of {@link optimisationLevels}. */
export type OptimisationLevel = (typeof optimisationLevels)[number]

/** How to open a session. */
export interface SessionOptions {
  /** Threads inside one operator; 1 keeps runs reproducible. */
  readonly threads?: number
  /** `all` when nothing is said. */
  readonly optimisation?: OptimisationLevel
  readonly signal?: AbortSignal
}

/** Opens models. Who needs to run one takes this, and does not ask where it runs. */
export interface SessionFactory {
  /** @throws NootropicError `MODEL_MALFORMED`, `PEER_DEPENDENCY_MISSING`, `ISOLATION_UNAVAILABLE` or `WORKER_FAILED` */
  open(model: ModelBytes, options?: SessionOptions): Promise<InferenceSession>
}
