import {
  isNootropicError,
  type ModelBytes,
  type NootropicError,
  type OptimisationLevel,
  type Signature,
  type Tensor,
} from '@nootropic/core'
import { verifyLoadable } from '@nootropic/core/inference'
import {
  frameTypes,
  type LoadReply,
  type LoadRequest,
  mailboxAlignment,
  mailboxThreshold,
  type NarrowReply,
  type TensorHead,
} from '../worker/protocol.ts'
import {
  countTexts,
  decodeTensors,
  type EncodedTensors,
  encodeTensors,
  frameSource,
  layOut,
  textOverhead,
} from '../worker/tensor-payload.ts'
import type { IsolatedWorker } from './isolate.ts'
import type { IsolationReport } from './isolation.ts'
import type { SandboxLimits } from './limits.ts'
import { loadReplySchema, narrowReplySchema, runReplySchema } from './replies.ts'
import { type Stop, untilStopped } from './stop-signal.ts'
import type { Reply, WorkerProcess } from './worker-process.ts'

/** Lends the bytes of one model for as long as `use` takes; they may be overwritten afterwards. */
export type LendModel = <Result>(use: (model: ModelBytes) => Promise<Result>) => Promise<Result>

/** What a worker is loaded with. */
export interface LoadedWorkerParts {
  /** Called for each worker, which keeps nothing of the bytes. */
  readonly lendModel: LendModel
  /** Threads inside one operator. */
  readonly threads: number
  /** `all` when nothing is said. */
  readonly optimisation?: OptimisationLevel | undefined
  readonly limits: SandboxLimits
  /** Whether the memory that tensors travel in is given back, and so wiped, when no run follows; yes when nothing is said. */
  readonly cleanup?: boolean | undefined
  readonly startWorker: (stop: Stop) => Promise<IsolatedWorker>
}

/** A model in an isolated process of its own. It does not come back when it has ended. */
export interface LoadedWorker {
  readonly signature: Signature
  readonly isolation: IsolationReport
  /** The process that the host sees: the worker, or what holds it. */
  readonly pid: number
  readonly isAlive: boolean
  /** How tensors of many bytes reach it. */
  readonly mailbox: LoadReply['mailbox']
  /** What it says it gave up before it was sent the model. */
  readonly narrowing: NarrowReply
  /**
   * Runs the model once; one run at a time. `feeds` must fit the signature. Stopping ends the worker: native code cannot be
   * interrupted, a process can.
   *
   * @throws the reason of `stop`; NootropicError `INPUT_INVALID` or `LIMIT_EXCEEDED`, after which the worker serves on unless
   * `details.resource` is `memory`; `WORKER_FAILED`, which it does not survive, with `details.cause`: a {@link WorkerFailureCause}
   */
  run(feeds: Readonly<Record<string, Tensor>>, stop: Stop): Promise<Record<string, Tensor>>
  /** Ends it, whatever it does; resolves when it is gone. */
  kill(): Promise<void>
}

/** Has the worker give up what it needs no more. What it says of it can be believed: it has seen no byte of a model. */
export const narrowWorker = async (process: WorkerProcess): Promise<NarrowReply> => {
  const reply = await process.request(frameTypes.narrow, {}, [], 0)
  const parsed = narrowReplySchema.safeParse(reply.head)
  if (!parsed.success) throw process.breakOff('the worker answered against its protocol')
  return parsed.data
}

/** Sends the model down the pipe: its bytes are on no disk, and in no memory that the system may swap out. */
const loadModel = async (
  process: WorkerProcess,
  { main, externalData = [] }: ModelBytes,
  { threads, optimisation = 'all', limits }: LoadedWorkerParts,
): Promise<LoadReply> => {
  const head: LoadRequest = {
    threads,
    optimisation,
    outputBytes: limits.outputBytes,
    mainLength: main.byteLength,
    externalData: externalData.map(({ path, data }) => ({ path, byteLength: data.byteLength })),
    mailbox: process.mailboxes?.offer,
  }
  const reply = await process.request(frameTypes.load, head, [main, ...externalData.map(({ data }) => data)], 0)
  const parsed = loadReplySchema.safeParse(reply.head)
  if (!parsed.success) throw process.breakOff('the worker described the model against its protocol')
  return parsed.data
}

// After a request it could not grant, the runtime's arena holds nearly all memory that the process may have, for ever: the
// next run fails for want of a few bytes.
const isOutOfMemory = ({ details }: NootropicError): boolean => details.resource === 'memory'

/** What an answer takes on the host. */
const outputsByteLength = (tensors: readonly TensorHead[]): number =>
  tensors.reduce((sum, { byteLength }) => sum + byteLength, 0) + textOverhead * countTexts(tensors)

/** How tensors travel in both directions, once it is known how the worker gets at its mailboxes. */
interface Transport {
  send(inputs: EncodedTensors): Promise<Reply>
  /** @throws NootropicError `WORKER_FAILED` for what the model does not have or what contradicts itself */
  receive(reply: Reply): Record<string, Tensor>
}

/** The inputs in the mailbox, and how many of its bytes they take; undefined when it does not take them. */
const leaveInMailbox = ({ parts, byteLength }: EncodedTensors, { mailboxes }: WorkerProcess): number | undefined => {
  if (mailboxes === undefined || byteLength <= mailboxThreshold) return undefined
  const byteLengths = parts.map((part) => part.byteLength)
  const { offsets, end } = layOut(byteLengths, mailboxAlignment)
  if (end > mailboxes.input.byteLength) return undefined
  try {
    for (const [index, part] of parts.entries()) mailboxes.input.write(offsets[index] ?? 0, part)
    return end
  } catch {
    // No memory is to be had for it; the pipe takes as much as there is at a time.
    return undefined
  }
}

const createTransport = (
  process: WorkerProcess,
  { signature, mailbox }: LoadReply,
  limits: SandboxLimits,
): Transport => {
  const types = new Map(signature.outputs.map(({ name, type }) => [name, type]))
  return {
    send(inputs) {
      const { heads: tensors, parts } = inputs
      const left = mailbox === 'none' ? undefined : leaveInMailbox(inputs, process)
      if (left === undefined) return process.request(frameTypes.run, { tensors }, parts, limits.outputBytes)
      return process.request(frameTypes.run, { tensors, mailbox: left }, [], limits.outputBytes)
    },
    receive({ head, payload }) {
      const parsed = runReplySchema.safeParse(head)
      if (!parsed.success) throw process.breakOff('the worker answered against its protocol')
      const { tensors, mailbox: left } = parsed.data
      if (tensors.length > types.size || tensors.some(({ name, type }) => types.get(name) !== type)) {
        throw process.breakOff('the worker answered with an output that the model does not declare, or with one twice')
      }
      // Not "more than": a product of hostile dims may be no number at all.
      if (!(outputsByteLength(tensors) <= limits.outputBytes)) {
        throw process.breakOff(`the worker answered with more than ${limits.outputBytes} bytes of outputs`)
      }
      const output = process.mailboxes?.output
      try {
        if (left === undefined) return decodeTensors(tensors, frameSource(payload))
        if (output === undefined) throw new Error('expected no mailbox')
        // Copied before anything is made of it: what the worker changes from now on, nobody reads.
        const take = (offset: number, length: number) => output.read(offset, length)
        return decodeTensors(tensors, { byteLength: left, alignment: mailboxAlignment, take })
      } catch {
        // The reason names what the worker chose: numbers, and which output.
        throw process.breakOff(
          'the worker answered with other bytes than it says of its outputs, or with too many texts',
        )
      }
    },
  }
}

/**
 * Starts a worker and loads a model in it.
 *
 * @throws the reason of `stop`; NootropicError `MODEL_REFUSED`, `MODEL_MALFORMED`, `ISOLATION_UNAVAILABLE` or `WORKER_FAILED`
 */
export const loadWorker = (parts: LoadedWorkerParts, stop: Stop): Promise<LoadedWorker> =>
  parts.lendModel(async (model) => {
    // The worker refuses it as well; here no process is started for it, and the error carries what was found.
    verifyLoadable(model)
    const { process, proveServing } = await parts.startWorker(stop)
    try {
      const narrowing = await untilStopped(narrowWorker(process), stop)
      const isolation = await untilStopped(proveServing(), stop)
      const loaded = await untilStopped(loadModel(process, model, parts), stop)
      return createLoadedWorker(process, { ...loaded, narrowing, isolation }, parts)
    } catch (error) {
      // Before the bytes go back: a dead worker's pipe takes none of them any more.
      await process.kill()
      throw error
    }
  })

// At once it would cost the next run its pages.
const cleanupMs = 1000

/** Clears the mailboxes when they were not used for a while. */
const createCleanup = ({ mailboxes }: WorkerProcess) => {
  let isWanted = false
  const clear = (): void => {
    if (!isWanted) return
    mailboxes?.input.clear()
    mailboxes?.output.clear()
  }
  let timer: NodeJS.Timeout | undefined
  return {
    schedule() {
      isWanted = true
      timer = timer?.refresh() ?? setTimeout(clear, cleanupMs).unref()
    },
    // To end the timer and to make one anew for each run would cost more.
    cancel() {
      isWanted = false
    },
  }
}

const createLoadedWorker = (
  process: WorkerProcess,
  loaded: LoadReply & Pick<LoadedWorker, 'narrowing' | 'isolation'>,
  { limits, cleanup = true }: Pick<LoadedWorkerParts, 'limits' | 'cleanup'>,
): LoadedWorker => {
  const transport = createTransport(process, loaded, limits)
  const cleaning = createCleanup(process)
  return {
    ...loaded,
    pid: process.pid,
    get isAlive() {
      return process.isAlive
    },
    async run(feeds, stop) {
      stop.throwIfAborted()
      cleaning.cancel()
      // It ends the run as well.
      const kill = (): void => void process.kill()
      stop.addEventListener('abort', kill, { once: true })
      try {
        return transport.receive(await transport.send(encodeTensors(feeds)))
      } catch (error) {
        stop.throwIfAborted()
        if (isNootropicError(error) && (error.code === 'WORKER_FAILED' || isOutOfMemory(error))) kill()
        throw error
      } finally {
        stop.removeEventListener('abort', kill)
        process.mailboxes?.input.trim()
        process.mailboxes?.output.trim()
        if (cleanup) cleaning.schedule()
      }
    },
    kill() {
      cleaning.cancel()
      return process.kill()
    },
  }
}
