import { NootropicError, type Tensor } from '@nootropic/core'
import { createPool, type Pool, type PoolParts } from '../../src/pool/pool.ts'
import type { PoolEvent } from '../../src/pool/pool-event.ts'
import { defaultPoolOptions } from '../../src/pool/pool-options.ts'
import type { LoadedWorker } from '../../src/sandbox/loaded-worker.ts'
import type { WorkerFailureCause } from '../../src/sandbox/worker-end.ts'

type Outputs = Record<string, Tensor>

/** One run that a double was given; the test says what comes of it. */
export interface GivenRun {
  readonly pid: number
  readonly value: number
  readonly rows: number
  answer(): void
  /** An error that the worker survives. */
  refuse(): void
  die(cause: WorkerFailureCause): void
}

export const feedsOf = (value: number, length = 1) => ({
  x: { type: 'float32' as const, dims: [1, length], data: new Float32Array(length).fill(value) },
})

export const doubleLimits = {
  cpuSeconds: undefined,
  deadlineMs: 1000,
  maximumDeadlineMs: undefined,
  queueLength: 4,
  queueBytes: 1000,
}

/** A pool of workers that are not there, and everything that happens to it. */
export const openPoolOfDoubles = (
  changed: Partial<PoolParts> & {
    startFailures?: () => Error | undefined
    /** Whether a worker is over as soon as it is loaded. */
    isStillborn?: () => boolean
  } = {},
) => {
  const runs: GivenRun[] = []
  const events: PoolEvent[] = []
  const alive = new Set<number>()
  const died = new Map<number, () => void>()
  let started = 0

  const createDouble = (): LoadedWorker => {
    started += 1
    const pid = started
    if (!changed.isStillborn?.()) alive.add(pid)
    let fail: ((error: unknown) => void) | undefined
    const end = (error: unknown): void => {
      alive.delete(pid)
      fail?.(error)
    }
    died.set(pid, () => end(undefined))
    return {
      signature: { inputs: [], outputs: [] },
      isolation: { level: 'none', way: 'double', passedOver: [], layers: {} as never },
      pid,
      get isAlive() {
        return alive.has(pid)
      },
      mailbox: 'none',
      narrowing: { isNarrowed: false, how: '', probe: '' },
      run: (feeds, stop) =>
        new Promise<Outputs>((resolve, reject) => {
          const abort = (): void => end(stop.reason)
          const over = (): void => stop.removeEventListener('abort', abort)
          stop.addEventListener('abort', abort)
          fail = (error) => {
            over()
            reject(error)
          }
          runs.push({
            pid,
            value: Number(feeds.x?.data[0]),
            rows: feeds.x?.dims[0] ?? 0,
            answer() {
              over()
              resolve({ y: feeds.x as Tensor })
            },
            refuse: () => fail?.(new NootropicError('INPUT_INVALID', 'the model cannot be run with this')),
            die: (cause) => end(new NootropicError('WORKER_FAILED', 'the worker ended', { details: { cause } })),
          })
        }),
      async kill() {
        end(new NootropicError('ABORTED', 'the worker was stopped'))
      },
    }
  }
  const inner = createPool({
    first: createDouble(),
    start: async () => {
      const failure = changed.startFailures?.()
      if (failure !== undefined) throw failure
      return createDouble()
    },
    limits: doubleLimits,
    options: { ...defaultPoolOptions, batching: false },
    mayJoin: async () => false,
    onEvent: (event) => void events.push(event),
    ...changed,
  })
  /** As the pool, and what a run gives is its outputs. */
  const pool: Omit<Pool, 'run'> & { run(...run: Parameters<Pool['run']>): Promise<Outputs> } = Object.create(inner, {
    run: { value: async (...run: Parameters<Pool['run']>) => (await inner.run(...run)).outputs },
  })
  return {
    pool,
    /** The answer with the worker that gave it. */
    trace: inner.run,
    runs,
    events,
    alive,
    /** The worker dies while nobody uses it. */
    dieIdle: (pid: number) => died.get(pid)?.(),
    get started() {
      return started
    },
    /** Resolves when as many runs were given to workers. */
    async given(count: number): Promise<GivenRun> {
      while (runs.length < count) await new Promise((resolve) => setImmediate(resolve))
      return runs[count - 1] as GivenRun
    },
  }
}

/** Everything that can be done at once is done. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
