import { type Clock, type EventBus, type EventContent, type Meter, type ModelRef, measurements } from '@nootropic/core'
import type { PoolEvent } from '../pool/pool-event.ts'
import type { WorkerUsage } from '../pool/worker-usage.ts'

// One for each run, or for each that is refused: those are on record already, and too many for a bus that is audited.
const untold: readonly PoolEvent['type'][] = ['batch-run', 'input-refused']

interface Look {
  readonly cpuMs: number
  readonly atMs: number
}

/** Tells the bus and the meter what happens among the workers of a model: their starts and ends, and what they use. */
export const tellWorkerEvents = ({ bus, meter, clock }: { bus: EventBus; meter: Meter; clock: Clock }) => {
  const looks = new Map<number, Look>()

  /** The share of one processor that the worker had since the look before; undefined at the first. */
  const processorShare = (pid: number, { cpuMs }: WorkerUsage): number | undefined => {
    const [before, now] = [looks.get(pid), { cpuMs, atMs: clock.monotonicMs() }]
    looks.set(pid, now)
    if (before === undefined || now.atMs <= before.atMs) return undefined
    return Math.max(0, now.cpuMs - before.cpuMs) / (now.atMs - before.atMs)
  }
  const measure = (model: string, pid: number, usage: WorkerUsage): void => {
    const record = (measurement: { name: string; unit: string }, value: number) =>
      meter.record({ ...measurement, value, attributes: { model } })
    record(measurements.workerMemory, usage.residentBytes)
    record(measurements.workerPageFaults, usage.minorFaults + usage.majorFaults)
    const share = processorShare(pid, usage)
    if (share !== undefined) record(measurements.workerProcessor, share)
  }
  return (ref: ModelRef, event: PoolEvent): void => {
    if (untold.includes(event.type)) return
    if (event.type === 'worker-used') measure(ref.name, event.pid, event.usage)
    if (event.type === 'worker-ended') looks.delete(event.pid)
    const { type, ...said } = event
    void bus.publish({
      source: '/nootropic/runtime',
      type: `ai.nootropic.execution.${type}`,
      subject: ref.name,
      data: { version: ref.version, ...(said as EventContent['data']) },
    })
  }
}
