import { availableParallelism } from 'node:os'
import type { LoadedWorker } from '../sandbox/loaded-worker.ts'
import { readWorkerUsage } from './worker-usage.ts'

// What is left is for one run more: the kernel ends a worker at its limit, whatever it does (RLIMIT_CPU).
const shareOfBudget = 0.8

/** Knows whether a worker has used so much of the processor time of its life that it is better replaced than ended. */
export interface CpuBudget {
  isSpent(worker: Pick<LoadedWorker, 'pid'>): Promise<boolean>
}

/** How a budget finds out; for tests. */
export interface CpuBudgetParts {
  readonly processors: number
  readonly nowMs: () => number
  /** Milliseconds of processor time that a process and those below it have used; undefined where nobody can tell. */
  readonly readCpuMs: (pid: number) => Promise<number | undefined>
}

const host: CpuBudgetParts = {
  processors: availableParallelism(),
  nowMs: () => performance.now(),
  readCpuMs: async (pid) => (await readWorkerUsage(pid))?.cpuMs,
}

export const createCpuBudget = (
  cpuSeconds: number,
  { processors, nowMs, readCpuMs }: CpuBudgetParts = host,
): CpuBudget => {
  const mostMs = cpuSeconds * 1000 * shareOfBudget
  const looks = new WeakMap<object, { readonly cpuMs: number; readonly atMs: number }>()
  return {
    async isSpent(worker) {
      const last = looks.get(worker)
      // Nobody uses more than all processors: until that can be too much there is nothing to look at.
      if (last !== undefined && last.cpuMs + (nowMs() - last.atMs) * processors < mostMs) return false
      const cpuMs = (await readCpuMs(worker.pid)) ?? 0
      looks.set(worker, { cpuMs, atMs: nowMs() })
      return cpuMs >= mostMs
    },
  }
}
