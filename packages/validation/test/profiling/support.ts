import {
  createManualClock,
  type InferenceSession,
  type ManualClock,
  NootropicError,
  type SessionFactory,
} from '@nootropic/core'
import type { ProcessResources } from '../../src/behaviour/profiling/process-resources.ts'

/** A model that takes as long as it is told, on a clock of its own. */
export interface TimedModel {
  readonly clock: ManualClock
  readonly sessions: SessionFactory
  /** The batch and threads of every run, in their order. */
  readonly runs: { batch: number; threads: number }[]
  readonly closed: () => number
  readonly read: () => ProcessResources
}

/** @param duration of the run of that number, from 0, warm-ups counted; a text refuses it. */
export const timedModel = (
  duration: (run: { batch: number; threads: number; index: number }) => number | string,
  dims: (number | string)[] = ['batch', 2],
): TimedModel => {
  const clock = createManualClock('2026-01-01T00:00:00Z')
  const runs: { batch: number; threads: number }[] = []
  let closed = 0
  const open = async (_: unknown, { threads = 1 } = {}): Promise<InferenceSession> => ({
    inputs: [{ name: 'x', type: 'float32', dims }],
    outputs: [],
    run: async ({ x }) => {
      const batch = x?.dims[0] ?? 0
      const taken = duration({ batch, threads, index: runs.length })
      runs.push({ batch, threads })
      if (typeof taken === 'string') throw new NootropicError('INPUT_INVALID', taken)
      clock.advance(taken)
      return {}
    },
    close: async () => {
      closed += 1
    },
  })
  return {
    clock,
    runs,
    sessions: { open },
    closed: () => closed,
    read: () => ({ residentBytes: 1000 + runs.length, cpuMs: 2 * clock.monotonicMs(), isOwnProcess: true }),
  }
}

export const bytes = { main: new Uint8Array(0) }

export const feeds = { x: { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) } } as const
