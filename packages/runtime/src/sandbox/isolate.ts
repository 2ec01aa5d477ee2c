import { isNootropicError, NootropicError } from '@nootropic/core'
import type { HostTools } from './host-tools.ts'
import { type IsolationLevel, type IsolationReport, isAtLeastLevel, isolationLayers } from './isolation.ts'
import type { IsolationStep } from './isolation-step.ts'
import type { SandboxLimits } from './limits.ts'
import { probeWorker } from './probe.ts'
import type { WorkerFiles } from './worker-files.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

/** A worker whose isolation was proved, and that has seen no model yet. */
export interface IsolatedWorker {
  readonly process: WorkerProcess
  readonly isolation: IsolationReport
}

const maximumComplaintLength = 300

/** What became of one way to start a worker. */
interface Attempt {
  readonly step: string
  readonly level: IsolationLevel | undefined
  readonly reason: string
}

const advice = (tools: HostTools): string => {
  if (tools.platform !== 'linux') return `no isolation is built for ${tools.platform} yet; `
  const missing = [
    ...(tools.bwrap === undefined ? ['bubblewrap'] : []),
    ...(tools.prlimit === undefined ? ['util-linux'] : []),
  ]
  return missing.length === 0 ? '' : `install what is missing: apt install ${missing.join(' ')}; `
}

const unavailable = (required: IsolationLevel, tools: HostTools, attempts: readonly Attempt[]): NootropicError => {
  const proved = attempts.flatMap(({ level }) => (level === undefined ? [] : [level]))
  const best = proved.sort((left, right) => (isAtLeastLevel(left, right) ? -1 : 1))[0]
  const accept =
    best === undefined ? 'mend what stands in brackets' : `or accept what is there by name: require: '${best}'`
  const tried = attempts.map(({ step, reason }) => `${step}: ${reason}`).join('; ')
  return new NootropicError(
    'ISOLATION_UNAVAILABLE',
    `expected isolation of level "${required}", this host proves ${best === undefined ? 'none' : `"${best}"`} (${tried}); ` +
      `${advice(tools)}${accept}`,
    { details: { required, best: best ?? null, attempts } },
  )
}

interface IsolationOptions {
  readonly required: IsolationLevel
  readonly steps: readonly IsolationStep[]
  readonly tools: HostTools
  readonly files: WorkerFiles
  readonly limits: SandboxLimits
  readonly stop: AbortSignal
}

/** What the canary proves of this worker, or why that is not enough. */
const tryWorker = async (
  process: WorkerProcess,
  step: IsolationStep,
  { required, limits, stop }: IsolationOptions,
): Promise<IsolationReport | Attempt> => {
  const kill = (): void => void process.kill()
  stop.addEventListener('abort', kill, { once: true })
  try {
    const isolation = await probeWorker(process, step.claims, limits)
    const failed = isolationLayers.filter((layer) => isolation.layers[layer].state === 'failed')
    if (failed.length > 0) {
      const found = failed.map((layer) => `${layer} (${isolation.layers[layer].probe})`).join(', ')
      return { step: step.name, level: undefined, reason: `the canary got through ${found}` }
    }
    if (isAtLeastLevel(isolation.level, required)) return isolation
    return { step: step.name, level: isolation.level, reason: `proves "${isolation.level}"` }
  } catch (error) {
    if (!isNootropicError(error)) throw error
    // No model has been near this worker: what it wrote is its launcher's complaint.
    const complaint = String(error.details.stderr ?? '').slice(0, maximumComplaintLength)
    return { step: step.name, level: undefined, reason: `${error.message} ${complaint}`.trim() }
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
  const { required, stop } = options
  const attempts: Attempt[] = []
  for (const step of options.steps) {
    stop.throwIfAborted()
    const process = startWorker(step, options.files)
    const outcome = await tryWorker(process, step, options)
    if (!('reason' in outcome)) return { process, isolation: outcome }
    await process.kill()
    attempts.push(outcome)
  }
  stop.throwIfAborted()
  throw unavailable(required, options.tools, attempts)
}
