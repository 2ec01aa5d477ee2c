import { isNootropicError, NootropicError } from '@nootropic/core'
import { adviseInstallation, explainComplaint } from './advice.ts'
import { cgroupLimits, prepareCgroup } from './cgroup.ts'
import type { CgroupPlace } from './cgroup-places.ts'
import { boundWorker } from './cgroup-worker.ts'
import type { HostTools } from './host-tools.ts'
import {
  type IsolationLayer,
  type IsolationLevel,
  type IsolationReport,
  isAtLeastLevel,
  isolationLayers,
  levelOf,
  type PassedOver,
} from './isolation.ts'
import type { IsolationStep } from './isolation-step.ts'
import type { SandboxLimits } from './limits.ts'
import { createMailboxes } from './mailboxes.ts'
import { probeServingWorker, probeWorker } from './probe.ts'
import type { Stop } from './stop-signal.ts'
import type { WorkerFiles } from './worker-files.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

/** A worker whose isolation was proved, and that has seen no model yet. */
export interface IsolatedWorker {
  readonly process: WorkerProcess
  readonly isolation: IsolationReport
  /**
   * The report with the second filter, once the worker has set it and before a model is sent.
   *
   * @throws NootropicError `ISOLATION_UNAVAILABLE` when it was to be set and does not hold; `WORKER_FAILED`
   */
  proveServing(): Promise<IsolationReport>
}

/** What became of one way to start a worker. */
interface Attempt extends PassedOver {
  readonly level: IsolationLevel | undefined
}

const unavailable = ({ required, tools, runner }: IsolationOptions, attempts: readonly Attempt[]): NootropicError => {
  const proved = attempts.flatMap(({ level }) => (level === undefined ? [] : [level]))
  const best = proved.sort((left, right) => (isAtLeastLevel(left, right) ? -1 : 1))[0]
  const mend = attempts.length === 0 ? 'then start again' : 'mend what stands in brackets'
  const accept = best === undefined ? mend : `or accept what is there by name: require: '${best}'`
  const tried = attempts.map(({ way, reason }) => `${way}: ${reason}`).join('; ') || 'nothing was there to try'
  return new NootropicError(
    'ISOLATION_UNAVAILABLE',
    `expected isolation of level "${required}", this host proves ${best === undefined ? 'none' : `"${best}"`} (${tried}); ` +
      `${adviseInstallation(tools, runner)}${accept}`,
    { details: { required, best: best ?? null, attempts } },
  )
}

interface IsolationOptions {
  readonly required: IsolationLevel
  readonly waive?: readonly IsolationLayer[] | undefined
  readonly steps: readonly IsolationStep[]
  readonly tools: HostTools
  /** The runner that was asked for by name, from which `steps` are. */
  readonly runner?: 'gvisor' | undefined
  readonly files: WorkerFiles
  readonly limits: SandboxLimits
  /** Where the worker gets a control group of its own. */
  readonly cgroups?: readonly CgroupPlace[] | undefined
  readonly stop: Stop
}

/** What the canary proves of this worker, or why that is not enough. */
const tryWorker = async (
  process: WorkerProcess,
  step: IsolationStep,
  { required, waive, limits, stop }: IsolationOptions,
): Promise<IsolationReport | Attempt> => {
  const kill = (): void => void process.kill()
  stop.addEventListener('abort', kill, { once: true })
  try {
    const isolation = await probeWorker(process, step, limits)
    const failed = isolationLayers.filter((layer) => isolation.layers[layer].state === 'failed')
    if (failed.length > 0) {
      const found = failed.map((layer) => `${layer} (${isolation.layers[layer].probe})`).join(', ')
      return { way: step.name, level: undefined, reason: `the canary got through ${found}` }
    }
    if (isAtLeastLevel(levelOf(isolation.layers, waive), required)) return isolation
    return { way: step.name, level: isolation.level, reason: `proves "${isolation.level}"` }
  } catch (error) {
    if (!isNootropicError(error)) throw error
    // No model has been near this worker: what it wrote is its launcher's complaint.
    const complaint = explainComplaint(String(error.details.stderr ?? ''))
    return { way: step.name, level: undefined, reason: `${error.message} ${complaint}`.trim() }
  } finally {
    stop.removeEventListener('abort', kill)
  }
}

/**
 * Starts a worker by the first way whose canary proves the level that is required.
 *
 * A way that claims a layer its canary got through is not used, whatever else it proves.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE`; the reason of `stop` when it aborts first
 */
export const startIsolatedWorker = async (options: IsolationOptions): Promise<IsolatedWorker> => {
  const { limits, stop } = options
  const attempts: Attempt[] = []
  for (const step of options.steps) {
    stop.throwIfAborted()
    const mailboxes = step.framesOnly ? undefined : createMailboxes(limits)
    const started = startWorker(step, options.files, { limits, mailboxes })
    const outcome = await tryWorker(started, step, options)
    if (!('reason' in outcome)) {
      const proved = { ...outcome, passedOver: attempts.map(({ way, reason }) => ({ way, reason })) }
      const cgroup = prepareCgroup(cgroupLimits(limits), options.cgroups ?? [])
      const { process, isolation } = boundWorker(started, proved, cgroup)
      return { process, isolation, proveServing: () => probeServingWorker(process, step, isolation) }
    }
    await started.kill()
    attempts.push(outcome)
  }
  stop.throwIfAborted()
  throw unavailable(options, attempts)
}
