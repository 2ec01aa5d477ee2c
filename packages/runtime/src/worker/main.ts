// The program that the sandbox starts: it takes a model and inputs from standard input and a mailbox, and gives outputs
// the same way. It is one file when built, and holds nothing that a model would be worth attacking for.
import { setFlagsFromString } from 'node:v8'
import { isNootropicError, NootropicError } from '@nootropic/core'
import type { Bait } from './acts.ts'
import { runCanary } from './canary.ts'
import { readFrame, writeFrame } from './frames.ts'
import { narrow } from './narrow.ts'
import {
  type Frame,
  frameTypes,
  type LoadReply,
  type LoadRequest,
  type NarrowReply,
  type TensorMessage,
} from './protocol.ts'
import { type ServedModel, serveModel, warmRuntime } from './served-model.ts'

// A worker does the same few things over and over: V8 compiles them within the first hundred runs instead of the first
// thousands. It passes over what it does not know.
for (const flag of ['--always-sparkplug', '--no-lazy-feedback-allocation', '--interrupt-budget=20000']) {
  setFlagsFromString(flag)
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')

/** Narrows this process where it can be; the host decides whether it does without. */
const tryToNarrow = async (): Promise<NarrowReply> => {
  try {
    await warmRuntime()
    return { isNarrowed: true, ...narrow() }
  } catch (error) {
    return { isNarrowed: false, how: 'nothing', probe: reasonOf(error).slice(0, 1000) }
  }
}

let model: ServedModel | undefined

const load = async ({ head, payload }: Frame): Promise<LoadReply> => {
  if (model !== undefined) throw new NootropicError('WORKER_FAILED', 'expected one model for one worker')
  model = await serveModel(head as LoadRequest, payload)
  return { signature: model.signature, mailbox: model.mailboxUse }
}

const answer = async (frame: Frame): Promise<{ head: unknown; payload: readonly Uint8Array[] }> => {
  if (frame.type === frameTypes.canary) return { head: await runCanary(frame.head as Bait), payload: [] }
  if (frame.type === frameTypes.narrow) return { head: await tryToNarrow(), payload: [] }
  if (frame.type === frameTypes.load) return { head: await load(frame), payload: [] }
  if (frame.type !== frameTypes.run) {
    throw new NootropicError('WORKER_FAILED', `expected a known frame type, found ${frame.type}`)
  }
  if (model === undefined) throw new NootropicError('WORKER_FAILED', 'expected a model before the first run')
  return model.run(frame.head as TensorMessage, frame.payload)
}

for (;;) {
  const frame = readFrame()
  try {
    const { head, payload } = await answer(frame)
    writeFrame(frameTypes.done, frame.request, head, payload)
  } catch (error) {
    const code = isNootropicError(error) ? error.code : 'WORKER_FAILED'
    const isOutOfMemory = isNootropicError(error) && error.details.resource === 'memory'
    writeFrame(frameTypes.failed, frame.request, { code, message: reasonOf(error).slice(0, 2000), isOutOfMemory }, [])
  }
}
