import {
  canonicalJson,
  type InferenceSession,
  isNootropicError,
  type ModelBytes,
  NootropicError,
  type Signature,
  type Tensor,
} from '@nootropic/core'
import { verifyFeeds, verifyModel } from '@nootropic/core/inference'
import { frameTypes, type LoadRequest } from '../worker/protocol.ts'
import { decodeTensors, encodeTensors } from '../worker/tensor-payload.ts'
import type { IsolatedWorker } from './isolate.ts'
import type { IsolationReport } from './isolation.ts'
import type { SandboxLimits } from './limits.ts'
import { loadReplySchema, runReplySchema } from './replies.ts'
import { createStopSignal, type StopSignal, untilStopped } from './stop-signal.ts'
import { createTurnQueue } from './turn-queue.ts'
import type { WorkerProcess } from './worker-process.ts'

/** A model loaded in a worker process of its own. */
export interface SandboxSession extends InferenceSession {
  /** What was proved of the worker that served last. */
  readonly isolation: IsolationReport
  /** The process that the host sees: the worker, or what holds it. */
  readonly pid: number
}

/** Lends the bytes of one model for as long as `use` takes; they may be overwritten afterwards. */
export type LendModel = <Result>(use: (model: ModelBytes) => Promise<Result>) => Promise<Result>

/** What a session is made of. */
export interface SandboxSessionParts {
  /** Called for each worker: the session itself keeps nothing of the model. */
  readonly lendModel: LendModel
  readonly threads: number
  readonly limits: SandboxLimits
  readonly startWorker: (stop: AbortSignal) => Promise<IsolatedWorker>
}

/** Sends the model down the pipe: its bytes are on no disk. */
const loadModel = async (
  process: WorkerProcess,
  model: ModelBytes,
  { threads, limits }: SandboxSessionParts,
): Promise<Signature> => {
  const externalData = model.externalData ?? []
  const head: LoadRequest = {
    threads,
    outputBytes: limits.outputBytes,
    mainLength: model.main.byteLength,
    externalData: externalData.map(({ path, data }) => ({ path, byteLength: data.byteLength })),
  }
  const reply = await process.request(frameTypes.load, head, [model.main, ...externalData.map(({ data }) => data)], 0)
  const signature = loadReplySchema.safeParse(reply.head)
  if (signature.success) return signature.data
  throw new NootropicError('WORKER_FAILED', 'the worker described the model against its protocol')
}

/** The outputs of a reply, each known to the model. Their shapes are for whoever checks outputs. */
const readOutputs = (head: unknown, payload: Uint8Array, signature: Signature): Record<string, Tensor> => {
  const reply = runReplySchema.safeParse(head)
  if (!reply.success) throw new NootropicError('WORKER_FAILED', 'the worker answered against its protocol')
  const { tensors } = reply.data
  if (!tensors.every(({ name, type }) => signature.outputs.some((spec) => spec.name === name && spec.type === type))) {
    throw new NootropicError('WORKER_FAILED', 'the worker answered with an output that the model does not declare')
  }
  return decodeTensors(tensors, payload)
}

const runOnce = async (
  process: WorkerProcess,
  feeds: Readonly<Record<string, Tensor>>,
  { signature, limits, stop }: { signature: Signature; limits: SandboxLimits; stop: AbortSignal },
): Promise<Record<string, Tensor>> => {
  // Native code cannot be interrupted, a process can.
  const kill = (): void => void process.kill()
  stop.addEventListener('abort', kill, { once: true })
  try {
    const { heads, payload } = encodeTensors(feeds)
    const reply = process.request(frameTypes.run, { tensors: heads }, payload, limits.outputBytes)
    const { head, payload: outputs } = await untilStopped(reply, stop)
    return readOutputs(head, outputs, signature)
  } catch (error) {
    if (isNootropicError(error, 'WORKER_FAILED')) kill()
    throw error
  } finally {
    stop.removeEventListener('abort', kill)
  }
}

const closed = (): NootropicError => new NootropicError('ABORTED', 'the session was closed')

/**
 * Loads a model in a worker; when the worker ends, the next run starts another.
 *
 * @throws NootropicError `MODEL_REFUSED`, `MODEL_MALFORMED`, `ISOLATION_UNAVAILABLE`, `WORKER_FAILED`, `DEADLINE_EXCEEDED` or `ABORTED`
 */
export const openSandboxSession = async (
  parts: SandboxSessionParts,
  signal: AbortSignal | undefined,
): Promise<SandboxSession> => {
  const { limits } = parts
  const queue = createTurnQueue(limits.queueLength)
  const stops = new Set<StopSignal>()
  let isOpen = true

  const stoppable = async <T>(
    deadlineMs: number,
    caller: AbortSignal | undefined,
    work: (stop: AbortSignal) => Promise<T>,
  ) => {
    const stop = createStopSignal(deadlineMs, caller)
    stops.add(stop)
    try {
      return await work(stop.signal)
    } finally {
      stops.delete(stop)
      stop.release()
    }
  }

  const start = (caller?: AbortSignal) =>
    stoppable(limits.startMs, caller, (stop) =>
      parts.lendModel(async (model) => {
        // The worker refuses it as well; here no process is started for it, and the error carries what was found.
        verifyModel(model)
        const worker = await parts.startWorker(stop)
        try {
          return { worker, signature: await untilStopped(loadModel(worker.process, model, parts), stop) }
        } catch (error) {
          // Before the bytes go back: a dead worker's pipe takes none of them any more.
          await worker.process.kill()
          throw error
        }
      }),
    )

  const { worker, signature } = await start(signal)
  let serving = worker
  let restarting: Promise<void> | undefined

  const restart = async (): Promise<void> => {
    await serving.process.kill()
    if (!isOpen) throw closed()
    const next = await start()
    if (isOpen && canonicalJson(next.signature) === canonicalJson(signature)) {
      serving = next.worker
      return
    }
    await next.worker.process.kill()
    throw isOpen ? new NootropicError('WORKER_FAILED', 'two workers described the same model differently') : closed()
  }
  const liveProcess = async (): Promise<WorkerProcess> => {
    if (!serving.process.isAlive) {
      restarting ??= restart().finally(() => {
        restarting = undefined
      })
      await restarting
    }
    return serving.process
  }

  return {
    inputs: signature.inputs,
    outputs: signature.outputs,
    get isolation() {
      return serving.isolation
    },
    get pid() {
      return serving.process.pid
    },
    async run(feeds, { signal, deadlineMs = limits.deadlineMs } = {}) {
      if (!isOpen) throw new NootropicError('USAGE', 'expected an open session; this one was closed')
      verifyFeeds(signature.inputs, feeds)
      return stoppable(deadlineMs, signal, async (stop) => {
        const endTurn = await queue.take(stop)
        try {
          return await runOnce(await untilStopped(liveProcess(), stop), feeds, { signature, limits, stop })
        } finally {
          endTurn()
        }
      })
    },
    async close() {
      isOpen = false
      for (const stop of stops) stop.stop(closed())
      await restarting?.catch(() => {})
      await serving.process.kill()
    },
  }
}
