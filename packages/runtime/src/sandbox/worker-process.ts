import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
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
import { failureSchema, workerErrorCodes } from './replies.ts'
import type { WorkerFiles } from './worker-files.ts'

/** What a worker answered. */
interface Reply {
  readonly head: unknown
  readonly payload: Uint8Array
}

/** A running worker. It serves one request at a time; whatever it does wrong ends it. */
export interface WorkerProcess {
  readonly pid: number
  readonly isAlive: boolean
  /** @throws NootropicError `WORKER_FAILED`, or what the worker says of the model or the input */
  request(type: FrameType, head: unknown, payload: readonly Uint8Array[], maximumPayload: number): Promise<Reply>
  /** Ends it at once (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>
}

// Enough for the first line of a loader's or bubblewrap's complaint; a worker could write for ever (CWE-770).
const maximumStderrLength = 4096

const printable = (text: string, length: number): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, length)

const readCapped = (stream: Readable): (() => string) => {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1').slice(0, maximumStderrLength - text.length)
  })
  return () => printable(text, maximumStderrLength)
}

/** Cuts a stream into the pieces asked for, holding no more than was sent. */
const createPieces = () => {
  const chunks: Uint8Array[] = []
  let held = 0
  return {
    push(chunk: Uint8Array) {
      chunks.push(chunk)
      held += chunk.length
    },
    get held() {
      return held
    },
    take(length: number): Uint8Array {
      const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, held)
      chunks.splice(0, chunks.length, all.subarray(length))
      held -= length
      return all.subarray(0, length)
    },
  }
}

interface Pending {
  readonly id: number
  readonly maximumPayload: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: NootropicError) => void
}

const failureOf = (head: unknown): NootropicError => {
  const failure = failureSchema.safeParse(head)
  const message = failure.success ? printable(failure.data.message, 2000) : 'the worker gave no reason'
  const code = workerErrorCodes.find((known) => known === failure.data?.code)
  return new NootropicError(code ?? 'WORKER_FAILED', message)
}

/** Starts a worker the way of `step`. Whether it is isolated is not known before its canary has sung. */
export const startWorker = (step: IsolationStep, files: WorkerFiles): WorkerProcess => {
  const [program = '', ...programArguments] = step.command(files)
  const child = spawn(program, programArguments, { env: { ...step.environment }, stdio: 'pipe', windowsHide: true })
  const stderr = readCapped(child.stderr)
  const pieces = createPieces()
  let isAlive = true
  let lastId = 0
  let pending: Pending | undefined
  let header: FrameHeader | undefined
  let startFailure = ''

  const settle = (): Pending | undefined => {
    const settled = pending
    pending = undefined
    return settled
  }
  const fail = (reason: string): void => {
    isAlive = false
    child.kill('SIGKILL')
    // Not in the message, which goes on record: a model that took the worker over could write its inputs there.
    settle()?.reject(new NootropicError('WORKER_FAILED', reason, { details: { stderr: stderr() } }))
    // A copy that a worker started of itself may hold the pipes open; its end must not wait for that.
    child.stdout.destroy()
    child.stderr.destroy()
  }

  const acceptHeader = (found: FrameHeader): void => {
    if (pending === undefined || found.request !== pending.id) throw new Error('an answer nobody asked for')
    if (found.type !== frameTypes.done && found.type !== frameTypes.failed) throw new Error(`frame type ${found.type}`)
    if (found.headLength > maximumHeadLength || found.payloadLength > pending.maximumPayload) {
      throw new Error(`${found.headLength} + ${found.payloadLength} bytes announced`)
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
        const head = parseHead(pieces.take(headLength))
        const payload = pieces.take(payloadLength)
        const settled = settle()
        if (type === frameTypes.failed) settled?.reject(failureOf(head))
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
      fail(`the worker answered against its protocol: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  })
  // A dead worker's pipe breaks under a write; its end is told by the events below.
  child.stdin.on('error', () => {})
  child.on('error', (error) => {
    startFailure = error.message
  })
  const ended = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      const how = startFailure || (signal === null ? `exit code ${code}` : `signal ${signal}`)
      fail(`the worker ended (${how})`)
      resolve()
    })
  })

  return {
    pid: child.pid ?? -1,
    get isAlive() {
      return isAlive
    },
    request(type, head, payload, maximumPayload) {
      return new Promise((resolve, reject) => {
        if (!isAlive) return reject(new NootropicError('WORKER_FAILED', 'the worker has ended'))
        if (pending !== undefined) return reject(new NootropicError('INTERNAL', 'expected one request at a time'))
        const frame = encodeFrame(type, ++lastId, head, payload)
        pending = { id: lastId, maximumPayload, resolve, reject }
        child.stdin.cork()
        for (const part of frame) child.stdin.write(part)
        child.stdin.uncork()
      })
    },
    kill() {
      fail('the worker was stopped')
      return ended
    },
  }
}
