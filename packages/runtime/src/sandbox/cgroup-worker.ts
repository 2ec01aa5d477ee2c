import { isNootropicError, NootropicError } from '@nootropic/core'
import type { Cgroup } from './cgroup.ts'
import type { IsolationReport } from './isolation.ts'
import type { WorkerProcess } from './worker-process.ts'

/** The kernel ends whoever is in a group without memory by SIGKILL, which looks as if it came from outside. */
const explained = (error: unknown, cgroup: Cgroup): unknown => {
  if (!isNootropicError(error, 'WORKER_FAILED') || error.details.cause !== 'killed from outside') return error
  if (cgroup.memoryKills() === 0) return error
  // Whoever gave the input to another worker would have it end the same way.
  return new NootropicError('WORKER_FAILED', 'the worker used more memory than its control group may', {
    cause: error,
    details: { ...error.details, cause: 'died of the run', resource: 'memory' },
  })
}

/** The same worker in its control group, which goes when it does. */
const inCgroup = (worker: WorkerProcess, cgroup: Cgroup): WorkerProcess => ({
  pid: worker.pid,
  get isAlive() {
    return worker.isAlive
  },
  mailboxes: worker.mailboxes,
  async request(...question) {
    try {
      return await worker.request(...question)
    } catch (error) {
      const reason = explained(error, cgroup)
      if (!worker.isAlive) void worker.kill().then(() => cgroup.remove())
      throw reason
    }
  },
  breakOff(reason) {
    const error = worker.breakOff(reason)
    void worker.kill().then(() => cgroup.remove())
    return error
  },
  async kill() {
    await worker.kill()
    cgroup.remove()
  },
})

/** What was proved of a worker, with what its group bounds beside. */
const withBounds = (isolation: IsolationReport, { bounds }: Cgroup): IsolationReport => {
  const { memory } = isolation.layers
  const how = `${memory.how}; control group: ${bounds.join(', ')}`
  return { ...isolation, layers: { ...isolation.layers, memory: { ...memory, how } } }
}

/**
 * Puts a worker whose isolation was proved into a control group, before it sees a model.
 *
 * @returns nothing more is claimed where there is no group, or the kernel keeps the worker out of it.
 */
export const boundWorker = (
  worker: WorkerProcess,
  isolation: IsolationReport,
  cgroup: Cgroup | undefined,
): { readonly process: WorkerProcess; readonly isolation: IsolationReport } => {
  if (cgroup === undefined) return { process: worker, isolation }
  try {
    cgroup.enter(worker.pid)
    return { process: inCgroup(worker, cgroup), isolation: withBounds(isolation, cgroup) }
  } catch {
    // A part of it may be inside.
    return { process: inCgroup(worker, cgroup), isolation }
  }
}
