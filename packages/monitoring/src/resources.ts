import { availableParallelism, totalmem } from 'node:os'
import type { Clock, Measurement } from '@nootropic/core'

/** What a process reports of itself: a parameter, so that tests decide it. */
export interface ResourceSource {
  /** Microseconds of processor time so far, in user and system mode together. */
  cpuMicroseconds(): number
  residentBytes(): number
  /** What the process may use at most: its control group's limit, or the machine's memory. */
  memoryBytes(): number
  processors(): number
}

const thisProcess: ResourceSource = {
  cpuMicroseconds: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  residentBytes: () => process.memoryUsage.rss(),
  memoryBytes: () => {
    // Without a limit the kernel reports a number beyond the machine (cgroup v1) or Node reports 0 (v2).
    const limit = process.constrainedMemory()
    return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  },
  processors: () => availableParallelism(),
}

/**
 * Samples processor time and memory of this process. The first sample has no processor share: a share needs two moments.
 *
 * @example
 * ```ts
 * const sample = createResourceSampler(systemClock)
 * for (const measurement of sample()) monitor.record(measurement)
 * ```
 */
export const createResourceSampler = (
  clock: Pick<Clock, 'monotonicMs'>,
  source: ResourceSource = thisProcess,
): (() => Measurement[]) => {
  let before: { readonly atMs: number; readonly cpu: number } | undefined
  return () => {
    const now = { atMs: clock.monotonicMs(), cpu: source.cpuMicroseconds() }
    const resident = source.residentBytes()
    const sample: Measurement[] = [
      { name: 'process.memory.usage', unit: 'By', value: resident, attributes: {} },
      { name: 'process.memory.utilization', unit: '1', value: resident / source.memoryBytes(), attributes: {} },
    ]
    if (before !== undefined && now.atMs > before.atMs) {
      const busyMs = (now.cpu - before.cpu) / 1000
      const value = busyMs / (now.atMs - before.atMs) / source.processors()
      sample.push({ name: 'process.cpu.utilization', unit: '1', value, attributes: {} })
    }
    before = now
    return sample
  }
}
