import { setTimeout as sleep } from 'node:timers/promises'
import { isNootropicError, NootropicError } from '@nootropic/core'
import type { LoadedWorker } from '../sandbox/loaded-worker.ts'
import type { TellPool, WorkerEndCause } from './pool-event.ts'
import { createStartRecord } from './start-record.ts'

/** Starts a worker with the model loaded. */
export type StartLoaded = (stop: AbortSignal) => Promise<LoadedWorker>

/** Keeps as many workers alive as there should be. */
export interface Crew {
  readonly warm: number
  readonly pids: readonly number[]
  /** Why there is nobody and will not be soon. */
  readonly refusal: NootropicError | undefined
  /** A worker that does nothing; it is the caller's until it is given back. */
  take(): LoadedWorker | undefined
  /** Alive it is warm again; dead it is replaced. */
  giveBack(worker: LoadedWorker, cause: WorkerEndCause): void
  /** The worker, which is busy, is replaced when it is given back. */
  retire(worker: LoadedWorker): void
  /** Starts who is missing, one after the other: each holds the model twice while it loads. */
  fill(): void
  /** Replaces everybody, those who are busy when they are done. Resolves when no old one is idle and a new one is warm. */
  restart(): Promise<void>
  /** Ends everybody at once; resolves when they are gone. */
  close(): Promise<void>
}

interface CrewParts {
  readonly first: LoadedWorker
  readonly strength: number
  readonly start: StartLoaded
  readonly tell: TellPool
  /** There is a warm worker. */
  readonly onWarm: () => void
  /** Nobody is there, and too many starts failed. */
  readonly onRefusal: (error: NootropicError) => void
}

// How late a worker is found dead that died while nobody used it.
const watchMs = 1000

/**
 * A worker that lived as long started well, whether or not it was asked for anything. Before that only an answer tells: code of a
 * model may end its worker as soon as it is loaded, and must not have its host start one after the other.
 */
const soundLifeMs = 5000

const reasonOf = (error: unknown) =>
  isNootropicError(error)
    ? { code: error.code, reason: error.message }
    : { code: 'INTERNAL' as const, reason: 'an unexpected failure' }

export const createCrew = ({ first, strength, start, tell, onWarm, onRefusal }: CrewParts): Crew => {
  // The one that served last stands last, and serves next: what it touched is still in the caches.
  const idle: LoadedWorker[] = [first]
  const busy = new Set<LoadedWorker>()
  const outdated = new WeakSet<LoadedWorker>()
  const answered = new WeakSet<LoadedWorker>()
  const bornMs = new WeakMap<LoadedWorker, number>([[first, performance.now()]])
  const leaving = new Set<Promise<void>>()
  const ending = new AbortController()
  const starts = createStartRecord()
  let filling: Promise<void> | undefined

  const bury = (worker: LoadedWorker, cause: WorkerEndCause): void => {
    tell({ type: 'worker-ended', pid: worker.pid, cause })
    const gone = worker.kill().finally(() => leaving.delete(gone))
    leaving.add(gone)
  }
  const noteFailure = (error: unknown): void => {
    starts.failed(error)
    const { refusal } = starts
    if (refusal !== undefined && idle.length + busy.size === 0) onRefusal(refusal)
  }
  const startOne = async (): Promise<void> => {
    const begunMs = performance.now()
    try {
      const worker = await start(ending.signal)
      bornMs.set(worker, performance.now())
      const startMs = performance.now() - begunMs
      tell({ type: 'worker-started', pid: worker.pid, level: worker.isolation.level, startMs })
      if (ending.signal.aborted) bury(worker, 'stopped')
      else idle.unshift(worker)
    } catch (error) {
      if (ending.signal.aborted) return
      noteFailure(error)
      tell({ type: 'start-failed', ...reasonOf(error), retryMs: starts.delayMs })
    }
  }
  const isMissing = (): boolean => !ending.signal.aborted && idle.length + busy.size < strength
  const fillUp = async (): Promise<void> => {
    while (isMissing()) {
      // To start a process holds this one up for some milliseconds: whoever has an answer coming gets it first.
      await new Promise((resolve) => setImmediate(resolve))
      const { delayMs } = starts
      if (delayMs > 0) await sleep(delayMs, undefined, { ref: false, signal: ending.signal }).catch(() => {})
      if (isMissing()) await startOne()
      if (idle.length > 0) onWarm()
    }
    filling = undefined
  }
  const fill = (): void => {
    if (isMissing()) filling ??= fillUp()
  }
  const buryDead = (): void => {
    if (idle.every(({ isAlive }) => isAlive)) return
    const dead = idle.filter(({ isAlive }) => !isAlive)
    idle.splice(0, idle.length, ...idle.filter(({ isAlive }) => isAlive))
    for (const worker of dead) {
      bury(worker, 'unknown')
      const isSound = answered.has(worker) || performance.now() - (bornMs.get(worker) ?? 0) >= soundLifeMs
      if (isSound) starts.succeeded()
      else noteFailure(new NootropicError('WORKER_FAILED', 'the worker ended before it was asked for anything'))
    }
    fill()
  }
  const watch = setInterval(buryDead, watchMs).unref()

  return {
    get warm() {
      return idle.length
    },
    get pids() {
      return [...idle, ...busy].map(({ pid }) => pid)
    },
    get refusal() {
      return idle.length + busy.size === 0 ? starts.refusal : undefined
    },
    take() {
      buryDead()
      const worker = idle.pop()
      if (worker !== undefined) busy.add(worker)
      return worker
    },
    giveBack(worker, cause) {
      busy.delete(worker)
      if (worker.isAlive) {
        answered.add(worker)
        starts.succeeded()
      }
      if (ending.signal.aborted) return bury(worker, 'stopped')
      if (worker.isAlive && !outdated.has(worker)) {
        idle.push(worker)
        return
      }
      bury(worker, worker.isAlive ? 'stopped' : cause)
      const spare = idle.at(-1)
      if (spare !== undefined) tell({ type: 'spare-used', pid: spare.pid })
      fill()
    },
    retire: (worker) => void outdated.add(worker),
    fill,
    async restart() {
      for (const worker of busy) outdated.add(worker)
      const old = idle.splice(0)
      for (const worker of old) bury(worker, 'stopped')
      fill()
      await Promise.all(leaving)
      await filling
    },
    async close() {
      ending.abort()
      clearInterval(watch)
      for (const worker of idle.splice(0)) bury(worker, 'stopped')
      await Promise.all([...busy].map((worker) => worker.kill()))
      await filling
      await Promise.all(leaving)
    },
  }
}
