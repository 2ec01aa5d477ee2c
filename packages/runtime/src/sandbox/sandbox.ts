import type { ModelBytes, SessionFactory, SessionOptions } from '@nootropic/core'
import type { TellPool } from '../pool/pool-event.ts'
import type { PoolOptions } from '../pool/pool-options.ts'
import type { CgroupPlace } from './cgroup-places.ts'
import { findHostTools, type HostTools } from './host-tools.ts'
import { type IsolatedWorker, startIsolatedWorker } from './isolate.ts'
import type { IsolationLayer, IsolationLevel, IsolationReport } from './isolation.ts'
import { gvisorSteps, type IsolationStep, isolationSteps } from './isolation-step.ts'
import { defaultSandboxLimits, type SandboxLimits } from './limits.ts'
import { narrowWorker } from './loaded-worker.ts'
import { type LendModel, openSandboxSession, type SandboxSession } from './session.ts'
import { createStopSignal, type Stop, untilStopped } from './stop-signal.ts'
import { findWorkerFiles, type WorkerFiles } from './worker-files.ts'

/** How to open a session in a sandbox. */
export interface SandboxSessionOptions extends SessionOptions {
  /** Is told what happens among the session's workers. */
  readonly onEvent?: TellPool
}

/** Opens each model in worker processes of its own, isolated from the host. */
export interface Sandbox extends SessionFactory {
  /** The model's bytes are kept, and not to be changed, for as long as the session is open: another worker may need them. */
  open(model: ModelBytes, options?: SandboxSessionOptions): Promise<SandboxSession>
  /** As `open`, with bytes that are asked for again for each worker and kept nowhere: `vault.lend` overwrites them. */
  openLent(lendModel: LendModel, options?: SandboxSessionOptions): Promise<SandboxSession>
  /** What this host proves: starts a worker without a model and ends it. */
  probe(): Promise<IsolationReport>
}

/** What a sandbox is to keep a model to. */
export interface SandboxOptions {
  /** The weakest level that is good enough; `standard` when nothing is said. */
  readonly require?: IsolationLevel
  /**
   * `gvisor`: workers run under gVisor's kernel in user space (`runsc`), and in no other way. They take about a second to start,
   * and all tensors go through a pipe. When nothing is said, the strongest of what is built in.
   */
  readonly runner?: 'gvisor'
  readonly limits?: Partial<SandboxLimits>
  /** How each session keeps its workers. */
  readonly pool?: Partial<PoolOptions>
  /** Whether what a run left in shared memory is wiped a second after the last one; yes when nothing is said. */
  readonly cleanup?: boolean
  /**
   * Asked before each worker starts; what it throws is why none does. `verifyContainer` of the package is one: a container
   * whose walls are none would make the sandbox a pretence.
   */
  readonly verifyHost?: () => void
  /** Finds the control groups in which workers may be limited: {@link findCgroupPlaces}. Without it there are none. */
  readonly findCgroups?: () => readonly CgroupPlace[]
  /** Layers whose lack refuses no host: what `require` says holds without them. */
  readonly waive?: readonly IsolationLayer[]
}

/** A sandbox over given ways to start a worker. */
export const createSandboxOver = (
  tools: HostTools,
  steps: readonly IsolationStep[],
  {
    require: required = 'standard',
    runner,
    limits: changed,
    pool,
    cleanup,
    waive,
    verifyHost,
    findCgroups,
  }: SandboxOptions,
): Sandbox => {
  const limits = { ...defaultSandboxLimits, ...changed }
  let found: Promise<WorkerFiles> | undefined
  const start = async (stop: Stop): Promise<IsolatedWorker> => {
    verifyHost?.()
    found ??= findWorkerFiles().catch((error: unknown) => {
      // What is missing may be installed before the next try.
      found = undefined
      throw error
    })
    return startIsolatedWorker({
      required,
      waive,
      steps,
      tools,
      runner,
      files: await found,
      limits,
      cgroups: findCgroups?.(),
      stop,
    })
  }
  const openLent: Sandbox['openLent'] = (lendModel, { threads = 1, optimisation, signal, onEvent } = {}) =>
    openSandboxSession({ lendModel, threads, optimisation, limits, cleanup, startWorker: start, pool, onEvent }, signal)
  return {
    open: (model, options) => openLent((use) => use(model), options),
    openLent,
    async probe() {
      const stop = createStopSignal(limits.startMs, undefined)
      try {
        const worker = await start(stop.signal)
        try {
          await untilStopped(narrowWorker(worker.process), stop.signal)
          return await untilStopped(worker.proveServing(), stop.signal)
        } finally {
          await worker.process.kill()
        }
      } finally {
        stop.release()
      }
    },
  }
}

/**
 * A sandbox of the strongest kind that this host offers and a canary inside each worker proves.
 *
 * @throws NootropicError `ISOLATION_UNAVAILABLE` on `open` and `probe`, when less than `require` can be proved
 * @example
 * ```ts
 * const sandbox = createSandbox({ require: 'standard' })
 * const session = await sandbox.open({ main: await readFile('model.onnx') })
 * session.isolation.layers.network // { state: 'enforced', how: 'bubblewrap: …', probe: 'connect to 127.0.0.1, …: EPERM' }
 * await session.run(inputs, { deadlineMs: 1000 })
 * await session.close()
 * ```
 */
export const createSandbox = (options: SandboxOptions = {}): Sandbox => {
  const tools = findHostTools()
  const stepsOf = options.runner === 'gvisor' ? gvisorSteps : isolationSteps
  return createSandboxOver(tools, stepsOf(tools, { ...defaultSandboxLimits, ...options.limits }), options)
}
