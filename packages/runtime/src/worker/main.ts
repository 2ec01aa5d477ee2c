// The program that the sandbox starts: it takes a model and inputs from standard input and gives outputs to standard
// output. It is one file when built, and holds nothing that a model would be worth attacking for.
import { readSync, writeSync } from 'node:fs'
import { type InferenceSession, isNootropicError, NootropicError } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { type Bait, runCanary } from './canary.ts'
import {
  encodeFrame,
  type Frame,
  frameTypes,
  headerLength,
  type LoadRequest,
  parseHead,
  parseHeader,
  type RunRequest,
} from './protocol.ts'
import { decodeTensors, encodeTensors } from './tensor-payload.ts'

const input = 0
const output = 1

/** Reads blocking: a worker has nothing to do until its next request. Ends the process when the host is gone. */
const read = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let offset = 0; offset < length; ) {
    const count = readSync(input, bytes, offset, length - offset, null)
    if (count === 0) process.exit(0)
    offset += count
  }
  return bytes
}

const readFrame = (): Frame => {
  const { type, request, headLength, payloadLength } = parseHeader(read(headerLength))
  return { type, request, head: parseHead(read(headLength)), payload: read(payloadLength) }
}

const write = (parts: readonly Uint8Array[]): void => {
  for (const part of parts) {
    for (let offset = 0; offset < part.length; ) offset += writeSync(output, part, offset)
  }
}

let session: InferenceSession | undefined
let outputBytes = 0

const load = async ({ head, payload }: Frame) => {
  const request = head as LoadRequest
  let offset = request.mainLength
  const externalData = request.externalData.map(({ path, byteLength }) => {
    const data = payload.subarray(offset, offset + byteLength)
    offset += byteLength
    return { path, data }
  })
  outputBytes = request.outputBytes
  session = await createInProcessSessions().open(
    { main: payload.subarray(0, request.mainLength), ...(externalData.length === 0 ? {} : { externalData }) },
    { threads: request.threads },
  )
  // The runtime has its own copy: what need not stay in memory in the clear does not.
  payload.fill(0)
  return { head: { inputs: session.inputs, outputs: session.outputs }, payload: [] }
}

const run = async ({ head, payload }: Frame) => {
  if (session === undefined) throw new NootropicError('WORKER_FAILED', 'expected a model before the first run')
  const outputs = encodeTensors(await session.run(decodeTensors((head as RunRequest).tensors, payload)))
  const length = outputs.payload.reduce((sum, part) => sum + part.byteLength, 0)
  if (length > outputBytes) {
    throw new NootropicError('LIMIT_EXCEEDED', `expected at most ${outputBytes} bytes of outputs, found ${length}`)
  }
  return { head: { tensors: outputs.heads }, payload: outputs.payload }
}

const answer = async (frame: Frame) => {
  if (frame.type === frameTypes.canary) return { head: await runCanary(frame.head as Bait), payload: [] }
  if (frame.type === frameTypes.load) return load(frame)
  if (frame.type === frameTypes.run) return run(frame)
  throw new NootropicError('WORKER_FAILED', `expected a known frame type, found ${frame.type}`)
}

for (;;) {
  const frame = readFrame()
  try {
    const { head, payload } = await answer(frame)
    write(encodeFrame(frameTypes.done, frame.request, head, payload))
  } catch (error) {
    const code = isNootropicError(error) ? error.code : 'WORKER_FAILED'
    const message = error instanceof Error ? error.message.slice(0, 2000) : 'unknown'
    write(encodeFrame(frameTypes.failed, frame.request, { code, message }))
  }
}
