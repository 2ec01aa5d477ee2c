import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { NootropicError } from '@nootropic/core'
import {
  encodeFrame,
  type FrameHeader,
  type FrameType,
  frameTypes,
  headerLength,
  maximumHeadLength,
  parseHead,
  parseHeader,
} from '../worker/protocol.ts'
import type { IsolationStep } from './isolation-step.ts'
import type { SandboxLimits } from './limits.ts'
import type { Mailboxes } from './mailboxes.ts'
import { createPieces } from './stream-pieces.ts'
import { causeOfEnd, type ProcessEnd, type WorkerFailureCause } from './worker-end.ts'
import type { WorkerFiles } from './worker-files.ts'
import { failureOf, readCapped } from './worker-words.ts'

/** What a worker answered. */
export interface Reply {
  readonly head: unknown
  readonly payload: Uint8Array
}

/** A running worker. It serves one request at a time; whatever it does wrong ends it. */
export interface WorkerProcess {
  readonly pid: number
  readonly isAlive: boolean
  /** What tensors go by that are too large for a frame; undefined: all go by frames. */
  readonly mailboxes: Mailboxes | undefined
  /** @throws NootropicError `WORKER_FAILED`, or what the worker says of the model or the input */
  request(type: FrameType, head: unknown, payload: readonly Uint8Array[], maximumPayload: number): Promise<Reply>
  /** Ends it because of what it answered. */
  breakOff(reason: string): NootropicError
  /** Ends it at once (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>
}

/** What a worker is started with beside its program. */
export interface WorkerSetting {
  readonly limits?: Pick<SandboxLimits, 'cpuSeconds'>
  /** Its own; they are closed when it ends. */
  readonly mailboxes?: Mailboxes | undefined
}

interface Pending {
  readonly id: number
  readonly startedMs: number
  readonly maximumPayload: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: NootropicError) => void
}

/** As `parseHead`, in whose errors a piece of what it read stands. */
const readHead = (bytes: Uint8Array): unknown => {
  try {
    return parseHead(bytes)
  } catch {
    throw new Error('a head that is no JSON')
  }
}

// What bubblewrap reads a filter of system calls from, where the step has one.
const filterDescriptor = 3

type WorkerChild = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable; readonly stderr: Readable }

const spawnWorker = (
  command: readonly string[],
  step: IsolationStep,
  mailboxes: Mailboxes | undefined,
): WorkerChild => {
  const [program = '', ...programArguments] = command
  const child = spawn(program, programArguments, {
    env: { ...step.environment },
    stdio: ['pipe', 'pipe', 'pipe', step.filter ? 'pipe' : 'ignore', ...(mailboxes?.descriptors ?? [])],
    windowsHide: true,
  }) as WorkerChild
  mailboxes?.handOver()
  // A dead worker's pipe breaks under a write; its end is told by events.
  child.stdin.on('error', () => {})
  const filter = child.stdio[filterDescriptor] as Writable | null | undefined
  filter?.on('error', () => {})
  filter?.end(step.filter)
  return child
}

// An answer that was written before the end is read before the end is told; a copy that the worker started of itself may
// hold its pipes open for ever.
const lastWordsMs = 200

/** Starts a worker the way of `step`. Whether it is isolated is not known before its canary has sung. */
export const startWorker = (step: IsolationStep, files: WorkerFiles, setting: WorkerSetting = {}): WorkerProcess => {
  const { mailboxes } = setting
  const bundle = step.bundles?.make(files)
  const child = spawnWorker(step.command(files, bundle), step, mailboxes)
  const stderr = readCapped(child.stderr)
  const pieces = createPieces()
  let isAlive = true
  let lastId = 0
  let pending: Pending | undefined
  let header: FrameHeader | undefined
  let startFailure: string | undefined
  // From then on nothing that the worker says is passed on.
  let hasInputs = false

  const settle = (): Pending | undefined => {
    const settled = pending
    pending = undefined
    return settled
  }
  const failure = (reason: string, cause: WorkerFailureCause): NootropicError =>
    // The words of a worker are not in the message, which goes on record, and nowhere once they may hold inputs.
    new NootropicError('WORKER_FAILED', reason, { details: hasInputs ? { cause } : { cause, stderr: stderr() } })
  const end = (error: NootropicError): void => {
    isAlive = false
    child.kill('SIGKILL')
    settle()?.reject(error)
    mailboxes?.close()
    // A copy that a worker started of itself may hold the pipes open; its end must not wait for that.
    for (const stream of child.stdio) stream?.destroy()
  }
  const breakOff = (reason: string): NootropicError => {
    const error = failure(reason, 'broke the protocol')
    end(error)
    return error
  }

  const acceptHeader = (found: FrameHeader): void => {
    if (pending === undefined || found.request !== pending.id) throw new Error('an answer nobody asked for')
    if (found.type !== frameTypes.done && found.type !== frameTypes.failed) throw new Error('a frame that is no answer')
    if (found.headLength > maximumHeadLength || found.payloadLength > pending.maximumPayload) {
      throw new Error('more bytes announced than an answer may have')
    }
    header = found
  }
  const read = (): void => {
    for (;;) {
      if (header === undefined) {
        if (pieces.held < headerLength) return
        acceptHeader(parseHeader(pieces.take(headerLength)))
      } else {
        if (pieces.held < header.headLength + header.payloadLength) return
        const { type, headLength, payloadLength } = header
        header = undefined
        const head = readHead(pieces.take(headLength))
        const payload = pieces.take(payloadLength)
        const settled = settle()
        if (type === frameTypes.failed) settled?.reject(failureOf(head, hasInputs))
        else settled?.resolve({ head, payload })
      }
    }
  }

  child.stdout.on('data', (chunk: Buffer) => {
    if (!isAlive) return
    try {
      pieces.push(chunk)
      read()
    } catch (error) {
      breakOff(`the worker answered against its protocol: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  })
  const tellEnd = ({ exitCode, signal }: ProcessEnd): void => {
    if (!isAlive) return
    const { cpuSeconds } = setting.limits ?? {}
    const nowMs = performance.now()
    const seconds = (nowMs - (pending?.startedMs ?? nowMs)) / 1000
    const run = { seconds, cpuSeconds, processors: availableParallelism() }
    const how = startFailure ?? (signal === null ? `exit code ${exitCode}` : `signal ${signal}`)
    end(failure(`the worker ended (${how})`, causeOfEnd({ exitCode, signal }, run)))
  }
  child.on('error', (error) => {
    startFailure = error.message
  })
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (exitCode, signal) => {
      setTimeout(tellEnd, lastWordsMs, { exitCode, signal }).unref()
    })
    child.on('close', (exitCode, signal) => {
      tellEnd({ exitCode, signal })
      if (bundle !== undefined) step.bundles?.remove(bundle)
      resolve()
    })
  })

  return {
    pid: child.pid ?? -1,
    get isAlive() {
      return isAlive
    },
    mailboxes,
    request(type, head, payload, maximumPayload) {
      return new Promise((resolve, reject) => {
        // Whatever ended it, this request did not.
        if (!isAlive) return reject(failure('the worker has ended', 'killed from outside'))
        if (pending !== undefined) return reject(new NootropicError('INTERNAL', 'expected one request at a time'))
        const frame = encodeFrame(type, ++lastId, head, payload)
        hasInputs ||= type === frameTypes.run
        pending = { id: lastId, startedMs: performance.now(), maximumPayload, resolve, reject }
        child.stdin.cork()
        for (const part of frame) child.stdin.write(part)
        child.stdin.uncork()
      })
    },
    breakOff,
    kill() {
      end(new NootropicError('ABORTED', 'the worker was stopped'))
      return ended
    },
  }
}
