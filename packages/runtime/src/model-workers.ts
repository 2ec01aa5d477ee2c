import {
  type InferenceSession,
  type ModelBytes,
  type ModelRef,
  NootropicError,
  type RunOptions,
  type SessionOptions,
  type Tensor,
} from '@nootropic/core'
import { modelBytes } from '@nootropic/core/formats'
import type { PoolEvent, TellPool } from './pool/pool-event.ts'
import type { IsolationReport } from './sandbox/isolation.ts'
import type { LendModel, TracedRun } from './sandbox/session.ts'
import { untilStopped, withDeadline } from './sandbox/stop-signal.ts'
import type { Vault } from './vault/vault-contract.ts'

/** A session, which says of each run what was proved of the worker that answered, when it has workers. */
export interface ModelSession extends InferenceSession {
  /** Of the worker that was given a run last. */
  readonly isolation?: IsolationReport
  readonly pid?: number
  runTraced?(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<TracedRun>
}

/** What a run gave, and the worker that gave it; the run's time is that in the session, starting it not included. */
export interface ModelRun {
  readonly outputs: Record<string, Tensor>
  readonly isolation: IsolationReport | undefined
  readonly pid: number | undefined
  readonly runMs: number
}

/** How a session of a served model is opened. */
export interface ModelSessionOptions extends SessionOptions {
  /** Is told what happens among the session's workers. */
  readonly onEvent?: TellPool
}

/** Opens models: a sandbox, or any session factory that keeps nothing of the bytes once a session is open. */
export interface ModelSessions {
  open(model: ModelBytes, options?: ModelSessionOptions): Promise<ModelSession>
  /** For sessions that need the bytes again later: they are asked for each time. */
  openLent?(lendModel: LendModel, options?: ModelSessionOptions): Promise<ModelSession>
}

/** One session, with workers of its own, for each version of each model, opened from the vault when it is first used. */
export interface ModelWorkers {
  /**
   * The session of a version. Asked for before the version is to serve, it is warm when it does: to activate it, or to roll
   * back to it, is then to ask for this one and no longer for the other.
   *
   * @throws NootropicError `ABORTED` after {@link ModelWorkers.closeAll}
   */
  session(ref: ModelRef): Promise<ModelSession>
  /**
   * Runs a version once. The deadline counts from here on, and with the signal ends the wait for a session that is not there
   * yet; that starts on, for whoever comes next.
   *
   * @throws NootropicError `DEADLINE_EXCEEDED`, `ABORTED`, and what opening and running a session throws
   */
  run(ref: ModelRef, feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<ModelRun>
  /** Stops the workers of every version of `model`, whatever they do. */
  close(model: string): Promise<void>
  /** Stops the workers of the other versions of the model. */
  closeOthers(ref: ModelRef): Promise<void>
  /** Stops them all, for good: whoever is still on the way to one gets none. */
  closeAll(): Promise<void>
}

/** What serves models is made of. */
export interface ModelWorkersParts {
  readonly vault: Pick<Vault, 'lend'>
  readonly sessions: ModelSessions
  /** Is told what happens among the workers of each version. */
  readonly onEvent?: (ref: ModelRef, event: PoolEvent) => void
}

export const createModelWorkers = ({ vault, sessions, onEvent }: ModelWorkersParts): ModelWorkers => {
  interface Worker {
    readonly ref: ModelRef
    readonly stop: AbortController
    readonly session: Promise<ModelSession>
  }
  const workers = new Map<string, Worker>()
  let isOpen = true
  const keyOf = ({ name, version }: ModelRef): string => `${name} ${version}`

  const open = async (ref: ModelRef, signal: AbortSignal): Promise<ModelSession> => {
    // In the clear until the worker has it, and no longer.
    const lendModel: LendModel = (use) => vault.lend(ref, (model) => use(modelBytes(model)))
    const options: ModelSessionOptions = {
      signal,
      ...(onEvent === undefined ? {} : { onEvent: (event) => onEvent(ref, event) }),
    }
    if (sessions.openLent !== undefined) return sessions.openLent(lendModel, options)
    return lendModel((model) => sessions.open(model, options))
  }
  const closeWhere = async (isMeant: (ref: ModelRef) => boolean): Promise<void> => {
    const meant = [...workers].filter(([, { ref }]) => isMeant(ref))
    for (const [key] of meant) workers.delete(key)
    await Promise.all(
      meant.map(async ([, { stop, session }]) => {
        stop.abort()
        await session.then(
          (opened) => opened.close(),
          () => {},
        )
      }),
    )
  }
  const sessionOf = async (ref: ModelRef): Promise<ModelSession> => {
    if (!isOpen) throw new NootropicError('ABORTED', 'the executor was closed')
    const key = keyOf(ref)
    const known = workers.get(key)
    if (known !== undefined) return known.session
    const stop = new AbortController()
    const worker = { ref, stop, session: open(ref, stop.signal) }
    workers.set(key, worker)
    // What could not be opened is tried again by the next who asks.
    worker.session.catch(() => workers.get(key) === worker && workers.delete(key))
    return worker.session
  }
  return {
    session: sessionOf,
    async run(ref, feeds, { signal, deadlineMs } = {}) {
      const askedMs = performance.now()
      const session = await withDeadline(deadlineMs ?? Number.POSITIVE_INFINITY, signal, (stop) =>
        untilStopped(sessionOf(ref), stop),
      )
      const startedMs = performance.now()
      const options: RunOptions = {
        ...(signal === undefined ? {} : { signal }),
        ...(deadlineMs === undefined ? {} : { deadlineMs: deadlineMs - (startedMs - askedMs) }),
      }
      const run: Omit<ModelRun, 'runMs'> =
        session.runTraced === undefined
          ? { outputs: await session.run(feeds, options), isolation: session.isolation, pid: session.pid }
          : await session.runTraced(feeds, options)
      return { ...run, runMs: performance.now() - startedMs }
    },
    close: (model) => closeWhere(({ name }) => name === model),
    closeOthers: ({ name, version }) => closeWhere((other) => other.name === name && other.version !== version),
    closeAll() {
      isOpen = false
      return closeWhere(() => true)
    },
  }
}
