import { type Clock, isNootropicError, NootropicError } from '@nootropic/core'
import type { IsolationReport } from '../sandbox/isolation.ts'
import type { SandboxLimits } from '../sandbox/limits.ts'
import type { LoadedWorker } from '../sandbox/loaded-worker.ts'
import { type Stop, withDeadline } from '../sandbox/stop-signal.ts'
import { afterFailure } from './after-failure.ts'
import { createBatching } from './batching.ts'
import { type CpuBudget, createCpuBudget } from './cpu-budget.ts'
import { createCrew, type StartLoaded } from './crew.ts'
import type { Tensors } from './feeds-digest.ts'
import { type TellPool, tellSafely, type WorkerEndCause } from './pool-event.ts'
import type { PoolOptions } from './pool-options.ts'
import { createQuarantine, quarantined } from './quarantine.ts'
import { runBatch } from './run-batch.ts'
import { createRunQueue } from './run-queue.ts'
import { type Answer, createRunRequest, type RunRequest } from './run-request.ts'
import { watchUsage } from './worker-usage.ts'

/** How busy the workers of a model are now. */
export interface PoolMetrics {
  /** Runs that wait for a worker, and the bytes of their inputs. */
  readonly waiting: number
  readonly waitingBytes: number
  readonly running: number
  /** Workers that have the model loaded and do nothing. */
  readonly warm: number
}

/** The workers of one version of one model. */
export interface Pool {
  readonly metrics: PoolMetrics
  /** The worker that was given a run last. */
  readonly lastServed: { readonly pid: number; readonly isolation: IsolationReport }
  /**
   * Runs the model once. `feeds` must fit its signature.
   *
   * @throws the reason of `stop`; NootropicError `LIMIT_EXCEEDED` when too much waits, `INPUT_INVALID` for an input that ended
   * workers before, `WORKER_FAILED` for one that does so now; and what starting a worker throws, when too many did not start
   */
  run(feeds: Tensors, stop: Stop): Promise<Answer>
  /** Replaces the workers; no run is lost. Resolves when new ones are there. */
  restart(): Promise<void>
  /** Takes nothing new, finishes what is inside, and ends the workers. */
  drain(): Promise<void>
  /** Ends the workers, whatever they do. */
  close(): Promise<void>
}

/** What a pool is made of. */
export interface PoolParts {
  /** Warm, and the pool's from now on. */
  readonly first: LoadedWorker
  readonly start: StartLoaded
  readonly limits: Pick<SandboxLimits, 'cpuSeconds' | 'deadlineMs' | 'maximumDeadlineMs' | 'queueLength' | 'queueBytes'>
  readonly options: PoolOptions
  /** Whether the model's graph allows runs to be joined. */
  readonly mayJoin: () => Promise<boolean>
  readonly onEvent?: TellPool | undefined
  /** By which inputs that ended workers are forgotten. */
  readonly clock?: Clock
  readonly cpuBudget?: CpuBudget | undefined
}

const causeOf = (error: unknown): WorkerEndCause =>
  isNootropicError(error, 'WORKER_FAILED') ? (error.details.cause as WorkerEndCause) : 'stopped'

// Its inputs are like one that came, and may all the same be some that a model does not come to an end with.
const maximumTrialMs = 10_000

/** Keeps the workers of one model and shares them among whoever asks, first come first served. */
export const createPool = ({
  first,
  start,
  limits,
  options,
  mayJoin,
  onEvent,
  clock,
  cpuBudget = limits.cpuSeconds === undefined ? undefined : createCpuBudget(limits.cpuSeconds),
}: PoolParts): Pool => {
  const tell = tellSafely(onEvent)
  const queue = createRunQueue(limits)
  const quarantine = createQuarantine(clock)
  const inside = new Set<RunRequest>()
  const batching = createBatching(mayJoin)
  let running = 0
  // Batches that were answered in this turn of the event loop.
  let gathering = 0
  let lastServed = first
  let closing: NootropicError | undefined

  const fail = (request: RunRequest, error: unknown, ranMs: number): void => {
    const consequence = afterFailure(request, { error, ranMs }, { quarantine, limits })
    if (consequence.kind === 'replay') {
      request.replays += 1
      tell({ type: 'run-replayed', cause: causeOf(error) })
      queue.putBack(request)
      return
    }
    if (consequence.quarantined) tell({ type: 'input-quarantined', digest: consequence.quarantined.digest })
    request.reject(consequence.error)
  }
  const runOne = async (worker: LoadedWorker, request: RunRequest): Promise<WorkerEndCause> => {
    const begunMs = performance.now()
    try {
      const outputs = await worker.run(request.feeds, request.stop)
      request.resolve({ outputs, isolation: worker.isolation, pid: worker.pid })
      quarantine.clear(request.identity)
      return 'unknown'
    } catch (error) {
      fail(request, error, performance.now() - begunMs)
      return causeOf(error)
    }
  }
  const runTogether = async (worker: LoadedWorker, requests: readonly RunRequest[]): Promise<WorkerEndCause> => {
    tell({ type: 'batch-run', size: requests.length })
    const error = await runBatch(worker, requests)
    if (error === undefined) return 'unknown'
    // It says nothing of any one of them: each is run again, alone.
    for (const request of requests.filter(({ stop }) => !stop.aborted)) {
      request.runsAlone = true
      queue.putBack(request)
    }
    return causeOf(error)
  }
  const retireSpent = async (budget: CpuBudget, worker: LoadedWorker): Promise<void> => {
    if (worker.isAlive && (await budget.isSpent(worker))) crew.retire(worker)
  }
  const serve = async (worker: LoadedWorker, requests: readonly RunRequest[]): Promise<void> => {
    const [only] = requests
    running += 1
    lastServed = worker
    const isBatch = requests.length > 1 || only === undefined
    const cause = isBatch ? await runTogether(worker, requests) : await runOne(worker, only)
    if (cpuBudget !== undefined) await retireSpent(cpuBudget, worker)
    running -= 1
    crew.giveBack(worker, cause)
    // Those who were answered together ask again together: a turn of the event loop lets them all in.
    if (isBatch) {
      gathering += 1
      await new Promise((resolve) => setImmediate(resolve))
      gathering -= 1
    }
    dispatch()
    // The others are started after the first run, not before: who opens a model for one run pays for one worker.
    crew.fill()
  }
  /** The one that is to be served next. */
  const next = (): RunRequest | undefined => {
    for (const request of queue) {
      const suspect = quarantine.find(request.identity)
      if (suspect === undefined) return request
      queue.remove(request)
      tell({ type: 'input-refused', digest: suspect.digest })
      request.reject(quarantined(suspect))
    }
    return undefined
  }
  const dispatch = (): void => {
    while (gathering === 0 && running < options.workers) {
      const request = next()
      if (request === undefined) break
      const worker = crew.take()
      if (worker === undefined) break
      // No batch takes what another worker could begin at once.
      const share = Math.ceil(queue.length / (options.workers - running))
      const requests = batching.gather(request, queue, share)
      for (const one of requests) queue.remove(one)
      void serve(worker, requests)
    }
    if (queue.length > 0) {
      crew.fill()
      learnBatching()
    }
  }
  const learnBatching = (): void => {
    const request = next()
    if (!options.batching || request === undefined || !batching.isWorthTrying(request, queue)) return
    const worker = crew.take()
    if (worker === undefined) return
    const trial = withDeadline(maximumTrialMs, undefined, (stop) =>
      batching.learn(request, (feeds) => worker.run(feeds, stop)),
    )
    void trial
      .then(() => (cpuBudget === undefined ? undefined : retireSpent(cpuBudget, worker)))
      .then(() => crew.giveBack(worker, 'unknown'))
  }
  const crew = createCrew({
    first,
    strength: options.workers + options.spare,
    start,
    tell,
    onWarm: dispatch,
    onRefusal: (error) => {
      for (const request of queue) request.reject(error)
    },
  })
  const endWatch =
    onEvent === undefined || options.usageMs <= 0
      ? () => {}
      : watchUsage(
          () => crew.pids,
          options.usageMs,
          (pid, usage) => tell({ type: 'worker-used', pid, usage }),
        )

  const admit = (request: RunRequest): void => {
    request.stop.throwIfAborted()
    if (closing !== undefined) throw closing
    if (crew.refusal !== undefined) throw crew.refusal
    if (running >= options.workers || crew.warm === 0 || queue.length > 0) queue.verifyRoom(request)
    queue.put(request)
    dispatch()
  }
  const close = async (): Promise<void> => {
    closing ??= new NootropicError('ABORTED', 'the session was closed')
    endWatch()
    for (const request of inside) request.reject(closing)
    await crew.close()
  }

  return {
    get metrics() {
      return { waiting: queue.length, waitingBytes: queue.byteLength, running, warm: crew.warm }
    },
    get lastServed() {
      return lastServed
    },
    async run(feeds, stop) {
      const request = createRunRequest(feeds, stop)
      const giveUp = (): void => {
        queue.remove(request)
        request.reject(stop.reason)
      }
      stop.addEventListener('abort', giveUp, { once: true })
      inside.add(request)
      try {
        admit(request)
        return await request.answer
      } finally {
        inside.delete(request)
        queue.remove(request)
        stop.removeEventListener('abort', giveUp)
      }
    },
    restart: () => crew.restart(),
    async drain() {
      closing ??= new NootropicError('ABORTED', 'the session finishes what it has and takes nothing new')
      await Promise.allSettled([...inside].map(({ answer }) => answer))
      await close()
    },
    close,
  }
}
